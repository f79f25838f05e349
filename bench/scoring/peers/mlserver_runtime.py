"""A custom runtime of MLServer, as its documentation has one written."""

from mlserver import MLModel
from mlserver.codecs import NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse

from inference import session


class Bench(MLModel):
    async def load(self) -> bool:
        self.run = session().run
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        tensor = self.decode(payload.inputs[0], default_codec=NumpyCodec).astype("float32", copy=False)
        output = self.run(None, {"x": tensor})[0]
        return InferenceResponse(model_name=self.name, outputs=[NumpyCodec.encode_output("probabilities", output)])
