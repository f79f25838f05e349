"""A service of BentoML: arrays in its own JSON for small requests, the bytes of a tensor for large ones."""

import os
from pathlib import Path
from typing import Annotated

import bentoml
import numpy as np
from bentoml.validators import DType, Shape

from inference import session



@bentoml.service(
    workers=int(os.environ.get("PROCESSES", "1")), metrics={"enabled": False}, logging={"access": {"enabled": False}}
)
class Bench:
    def __init__(self) -> None:
        self.run = session().run

    @bentoml.api(batchable=os.environ.get("VARIANT") == "batching", max_batch_size=64, max_latency_ms=1000)
    def small(self, x: Annotated[np.ndarray, DType("float32"), Shape((-1, 64))]) -> np.ndarray:
        return self.run(None, {"x": x})[0]

    @bentoml.api
    def large(self, x: Path, /) -> np.ndarray:
        return self.run(None, {"x": np.fromfile(x, dtype=np.float32).reshape(1, 3, 224, 224)})[0]
