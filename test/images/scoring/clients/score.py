"""Asks `/score` by a client that was generated from the service's own OpenAPI.

Prints a JSON object: what it saw. Arguments: address of the service, folder above the generated package `scorer`, pictures.
"""

import io
import json
import sys
from pathlib import Path

address, folder, *pictures = sys.argv[1:]
sys.path.insert(0, folder)

from scorer import Client  # noqa: E402
from scorer.api.default import score  # noqa: E402
from scorer.models import Answer, Error, ScoreFilesBody  # noqa: E402
from scorer.types import File  # noqa: E402

client = Client(base_url=address)


def file_of(path: str) -> File:
    return File(payload=io.BytesIO(Path(path).read_bytes()), file_name=Path(path).name, mime_type="application/octet-stream")


def seen(answer: Answer) -> dict:
    return {each.picture: [found.label for found in each.predictions] for each in answer.pictures}


one = score.sync(client=client, body=file_of(pictures[0]), min_confidence=0.5, top=1)
several = score.sync(client=client, body=ScoreFilesBody(pictures=[file_of(path) for path in pictures]))
refused = score.sync_detailed(client=client, body=file_of(pictures[0]), model="nobody")
assert isinstance(one, Answer) and isinstance(several, Answer) and isinstance(refused.parsed, Error)
print(
    json.dumps(
        {
            "model": [one.model.name, one.model.version, one.model.sha256],
            "confidence": one.pictures[0].predictions[0].confidence,
            "one": seen(one),
            "several": seen(several),
            "refused": [refused.status_code, refused.parsed.error],
        }
    )
)
