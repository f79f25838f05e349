"""A model server of KServe's Python SDK; it speaks the protocol's binary extension itself."""

import os
import sys

from kserve import InferOutput, InferResponse, Model, ModelServer
from kserve.utils.utils import generate_uuid

from inference import MODEL_NAME, session


class Bench(Model):
    def __init__(self) -> None:
        super().__init__(MODEL_NAME)
        self.run = None  # a session does not pass from one process to the other: each makes its own
        self.ready = True

    def predict(self, payload, headers=None, response_headers=None):
        tensor = payload.inputs[0].as_numpy().astype("float32", copy=False)
        self.run = self.run or session().run
        output = self.run(None, {"x": tensor})[0]
        answer = InferOutput("probabilities", list(output.shape), "FP32")
        answer.set_data_from_numpy(output, binary_data=False)
        return InferResponse(payload.id or generate_uuid(), self.name, [answer])


if __name__ == "__main__":
    server = ModelServer(
        http_port=int(sys.argv[1]),
        enable_grpc=False,
        workers=int(os.environ.get("PROCESSES", "1")),
        access_log_format=None,
    )
    server.start([Bench()])
