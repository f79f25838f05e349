"""A server of LitServe with its fast queue; a worker for each core where that is better. It takes JSON or forms, so a
large tensor comes in base64."""

import base64
import os
import sys

import litserve
import numpy as np

from inference import answer_of, session, tensor_of


class Bench(litserve.LitAPI):
    def setup(self, device) -> None:
        self.run = session().run

    def decode_request(self, request):
        if "tensor" in request:
            return np.frombuffer(base64.b64decode(request["tensor"]), dtype=np.float32).reshape(request["shape"])
        return tensor_of(request)

    def predict(self, x):
        return self.run(None, {"x": x})[0]

    def encode_response(self, output):
        return answer_of(output)


if __name__ == "__main__":
    api = Bench(api_path="/v2/models/bench/infer")
    server = litserve.LitServer(
        api, accelerator="cpu", workers_per_device=int(os.environ.get("PROCESSES", "1")), fast_queue=True
    )
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, log_level="error", access_log=False)
