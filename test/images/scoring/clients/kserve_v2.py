"""Asks the scorer by KServe's client, HTTP and gRPC, as its documentation has it.

Not beside tritonclient in one process: both bring the protocol's messages, and may not. Prints a JSON object: what each client
saw. Arguments: HTTP address (HOST:PORT), gRPC address.
"""

import asyncio
import json
import sys

import kserve
import numpy as np
from kserve.inference_client import RESTConfig

http_address, grpc_address = sys.argv[1:3]
a = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.float32)
b = np.array([[0.5, 0.25, 0.125], [1, 1, 1]], dtype=np.float32)


async def kserve_http() -> dict:
    client = kserve.InferenceRESTClient(config=RESTConfig(protocol="v2"))
    base = f"http://{http_address}"
    made = [kserve.InferInput(name, list(data.shape), "FP32") for name, data in (("a", a), ("b", b))]
    for each, data in zip(made, (a, b)):
        each.set_data_from_numpy(data, binary_data=False)
    answer = await client.infer(base, kserve.InferRequest("arithmetic", made), model_name="arithmetic")
    binary = [kserve.InferInput(name, list(data.shape), "FP32") for name, data in (("a", a), ("b", b))]
    for each, data in zip(binary, (a, b)):
        each.set_data_from_numpy(data, binary_data=True)
    again = await client.infer(base, kserve.InferRequest("arithmetic", binary), model_name="arithmetic")
    return {
        "live": await client.is_server_live(base),
        "ready": await client.is_server_ready(base),
        "modelReady": await client.is_model_ready(base, "arithmetic"),
        "sum": answer.outputs[0].as_numpy().tolist(),
        "binarySum": again.outputs[0].as_numpy().tolist(),
    }


async def kserve_grpc() -> dict:
    client = kserve.InferenceGRPCClient(url=grpc_address)
    made = [kserve.InferInput(name, list(data.shape), "FP32") for name, data in (("a", a), ("b", b))]
    for each, data in zip(made, (a, b)):
        each.set_data_from_numpy(data, binary_data=True)
    answer = await client.infer(kserve.InferRequest("arithmetic", made))
    return {
        "live": await client.is_server_live(),
        "ready": await client.is_server_ready(),
        "modelReady": await client.is_model_ready("arithmetic"),
        "sum": answer.outputs[0].as_numpy().tolist(),
    }


print(json.dumps({"HTTP": asyncio.run(kserve_http()), "gRPC": asyncio.run(kserve_grpc())}))
