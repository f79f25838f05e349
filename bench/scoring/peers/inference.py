"""What every peer's server does around its framework: one session of onnxruntime, and the Open Inference Protocol's two encodings.

Environment: MODEL (file), THREADS (of one session's inference, default 1).
"""

import os

import numpy as np
import onnxruntime

MODEL_NAME = "bench"


def session() -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = int(os.environ.get("THREADS", "1"))
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(os.environ["MODEL"], options, providers=["CPUExecutionProvider"])


def tensor_of(request: dict) -> np.ndarray:
    """The one input of a request in JSON."""
    asked = request["inputs"][0]
    return np.asarray(asked["data"], dtype=np.float32).reshape(asked["shape"])


def tensor_in(body: bytes, header_length: int, loads) -> np.ndarray:
    """The one input of a request with its tensor in binary behind the JSON."""
    asked = loads(body[:header_length])["inputs"][0]
    return np.frombuffer(body, dtype=np.float32, offset=header_length).reshape(asked["shape"])


def answer_of(output: np.ndarray) -> dict:
    return {
        "model_name": MODEL_NAME,
        "outputs": [
            {"name": "probabilities", "datatype": "FP32", "shape": list(output.shape), "data": output.ravel().tolist()}
        ],
    }
