"""A lean FastAPI: no typed body, orjson, uvloop and httptools. `async` runs the model on the event loop, `pool` in threads."""

import os
import sys

import orjson
import uvicorn
from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from inference import MODEL_NAME, answer_of, session, tensor_in, tensor_of

app = FastAPI()
run = session().run
in_threads = os.environ.get("VARIANT") == "pool"


@app.get("/v2/health/ready")
async def ready() -> dict:
    return {"ready": True}


@app.post(f"/v2/models/{MODEL_NAME}/infer")
async def infer(request: Request) -> Response:
    body = await request.body()
    header = request.headers.get("inference-header-content-length")
    tensor = tensor_in(body, int(header), orjson.loads) if header else tensor_of(orjson.loads(body))
    feed = {"x": tensor}
    output = (await run_in_threadpool(run, None, feed) if in_threads else run(None, feed))[0]
    return Response(orjson.dumps(answer_of(output)), media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(
        "fastapi_server:app",
        host="127.0.0.1",
        port=int(sys.argv[1]),
        workers=int(os.environ.get("PROCESSES", "1")),
        loop="uvloop",
        http="httptools",
        log_level="error",
        access_log=False,
    )
