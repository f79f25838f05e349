"""Asks the scorer by tritonclient, HTTP and gRPC, as its documentation has it.

Prints a JSON object: what each client saw. Arguments: HTTP address (HOST:PORT), gRPC address. The models are those of clients.test.ts.
"""

import json
import sys

import numpy as np
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton_http
from tritonclient.utils import InferenceServerException

http_address, grpc_address = sys.argv[1:3]
a = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32)
b = np.array([[0.5, 0.25, 0.125], [1, 1, 1]], dtype=np.float32)


def refused(work) -> str:
    """What a client says when it is refused."""
    try:
        work()
    except InferenceServerException as fault:
        return f"{fault.status()}: {fault.message()}"
    return "not refused"


def triton(module, address: str, binary: bool | None) -> dict:
    """binary: how tensors go over HTTP; gRPC has one way."""
    client = module.InferenceServerClient(url=address)

    def inputs(first=a):
        made = [module.InferInput(name, data.shape, "FP32") for name, data in (("a", first), ("b", b))]
        for each, data in zip(made, (first, b)):
            each.set_data_from_numpy(data) if binary is None else each.set_data_from_numpy(data, binary_data=binary)
        return made

    def outputs(*names):
        if binary is None:
            return [module.InferRequestedOutput(name) for name in names]
        return [module.InferRequestedOutput(name, binary_data=binary) for name in names]

    metadata = client.get_model_metadata("arithmetic")
    if module is triton_grpc:
        names = [each.name for each in metadata.inputs]
        server = client.get_server_metadata().name
    else:
        names = [each["name"] for each in metadata["inputs"]]
        server = client.get_server_metadata()["name"]
    both = client.infer("arithmetic", inputs(), request_id="42")
    some = client.infer("arithmetic", inputs(), model_version="1", outputs=outputs("difference"))
    texts = module.InferInput("in", [2], "BYTES")
    data = np.array(["grüße", "日本"], dtype=object)
    texts.set_data_from_numpy(data) if binary is None else texts.set_data_from_numpy(data, binary_data=binary)
    said = client.infer("texts", [texts]).as_numpy("out")
    response = both.get_response()
    return {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "modelReady": client.is_model_ready("arithmetic"),
        "server": server,
        "inputs": names,
        "id": response.id if module is triton_grpc else response["id"],
        "sum": both.as_numpy("sum").tolist(),
        "difference": some.as_numpy("difference").tolist(),
        "onlyWanted": some.as_numpy("sum") is None,
        "texts": [each.decode() if isinstance(each, bytes) else each for each in said.tolist()],
        "unknownModel": refused(lambda: client.infer("nobody", inputs())),
        "wrongShape": refused(lambda: client.infer("arithmetic", inputs(np.ones((2, 4), dtype=np.float32)))),
    }


print(
    json.dumps(
        {
            "HTTP, binary": triton(triton_http, http_address, True),
            "HTTP, JSON": triton(triton_http, http_address, False),
            "gRPC": triton(triton_grpc, grpc_address, None),
        }
    )
)
