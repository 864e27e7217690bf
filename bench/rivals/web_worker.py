"""The same work behind gunicorn: a request is a job."""

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import parse_qs


def application(environ: dict[str, str], start_response: Callable[..., object]) -> Iterable[bytes]:
    time.sleep(float(parse_qs(environ["QUERY_STRING"])["seconds"][0]))
    start_response("200 OK", [("Content-Length", "0")])
    return [b""]


def post_worker_init(_worker: object) -> None:
    """Gunicorn's own word for a worker that serves from now on."""
    Path(os.environ["BENCH_READY"], str(os.getpid())).touch()
