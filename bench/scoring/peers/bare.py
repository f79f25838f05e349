"""The bare loop: inference alone, in as many threads as asked for, each with a session of its own. Prints a JSON line.

Environment: MODEL, THREADS (inference.py), SHAPE of the input, PROCESSES (how many loops run side by side).
"""

import json
import os
import sys
import threading
import time

import numpy as np

from inference import session

shape = json.loads(os.environ["SHAPE"])
loops, seconds = int(os.environ["PROCESSES"]), float(sys.argv[1])
counts = [0] * loops
outputs = [None] * loops


def input_of(shape: list) -> np.ndarray:
    """The same numbers as bench/scoring/bodies.ts makes."""
    state, values = 1, []
    for _ in range(int(np.prod(shape))):
        state = state * 48271 % 2147483647
        values.append(round(state / 2147483647, 4))
    return np.array(values, dtype=np.float32).reshape(shape)


def work(index: int) -> None:
    run = session().run
    feed = {"x": given}
    for _ in range(3):
        outputs[index] = run(None, feed)[0]
    ready.wait()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run(None, feed)
        counts[index] += 1


given = input_of(shape)
ready = threading.Barrier(loops)
threads = [threading.Thread(target=work, args=(index,)) for index in range(loops)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(json.dumps({"perSecond": sum(counts) / seconds, "output": outputs[0].ravel().tolist()}))
