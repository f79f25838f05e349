"""An application of Ray Serve, with a replica for each core."""

import os
import signal
import sys

import orjson
import ray
from ray import serve
from starlette.requests import Request
from starlette.responses import Response

from inference import answer_of, session, tensor_in, tensor_of


@serve.deployment(num_replicas=int(os.environ.get("PROCESSES", "1")), max_ongoing_requests=64, ray_actor_options={"num_cpus": 0.5})
class Bench:
    def __init__(self) -> None:
        self.run = session().run

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        header = request.headers.get("inference-header-content-length")
        tensor = tensor_in(body, int(header), orjson.loads) if header else tensor_of(orjson.loads(body))
        output = self.run(None, {"x": tensor})[0]
        return Response(orjson.dumps(answer_of(output)), media_type="application/json")


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    environment = {name: os.environ[name] for name in ("MODEL", "THREADS") if name in os.environ}
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="error",
        runtime_env={"env_vars": {**environment, "PYTHONPATH": here}},
    )
    serve.start(http_options={"host": "127.0.0.1", "port": int(sys.argv[1])})
    serve.run(Bench.bind(), route_prefix="/v2/models/bench/infer")
    signal.sigwait([signal.SIGTERM, signal.SIGINT])
    serve.shutdown()
    ray.shutdown()
