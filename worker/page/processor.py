"""HTTP beside a worker: run a task and wait for it, look at the worker's figures, ask whether it lives.

POST /jobs {"data": …}   200 {"status": "completed", "result": …, "processedAt": "…Z"}   400 no data
GET  /metrics            this worker's series, as Prometheus reads them
GET  /health             200
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from engine import EngineError, JobFailed, PayloadError, QueueFull, ResultTimeout
from engine.clients.client import Client
from engine.tracing import tracing
from worker.page.exposition import CONTENT_TYPE, exposition
from worker.processes.posting import Posting
from worker.run.packing import carrying

log = logging.getLogger(__name__)
HOST = "127.0.0.1"  # nothing here asks who is calling: whoever may reach this machine from outside may not run tasks
BODY_LIMIT = 1 << 20
WAIT = 30.0  # s for a job's result
_IDLE = 30.0  # s a connection may say nothing
_AGAIN = 0.5  # s between attempts to get the port: a predecessor may still hold it


def serve(posting: Posting, slot: int, rank: int) -> threading.Thread:
    """Answer on the pool's http_port + rank, in a daemon thread of this process; never fails for a taken port."""
    port = (posting.pool.http_port or 0) + rank
    series = posting.board.series(slot)
    client = Client(posting.url, namespace=posting.namespace, **carrying(posting.config))
    handler = type(
        "Handler",
        (_Handler,),
        {
            "work": staticmethod(lambda data, trace: _work(client, posting.pool.http_task, data, trace)),
            "metrics": staticmethod(lambda: exposition(series.rows())),
        },
    )
    thread = threading.Thread(target=_serve, args=(port, handler), name="herdsman-http", daemon=True)
    thread.start()
    return thread


def _serve(port: int, handler: type[BaseHTTPRequestHandler]) -> None:
    complained = False
    while True:
        try:
            server = _Server((HOST, port), handler)
        except OSError as error:
            if not complained:
                log.warning("port %d is not free yet (%s); trying on", port, error.strerror)
            complained = True
            time.sleep(_AGAIN)
            continue
        server.daemon_threads = True
        log.info("answering HTTP on port %d", port)
        server.serve_forever()


def _work(client: Client, task: str, data: Any, trace: dict[str, str] | None) -> tuple[int, dict[str, Any]]:
    """Run the pool's task on ``data``, in the caller's trace, and wait; the answer's status and body."""
    try:
        result = client.enqueue(task, data, keep=WAIT, headers=trace).result(timeout=WAIT)
    except JobFailed as error:
        return 500, {"error": str(error)}
    except ResultTimeout as error:
        return 504, {"error": str(error)}
    except PayloadError as error:
        return 400, {"error": str(error)}
    except QueueFull as error:
        return 429, {"error": str(error)}
    except EngineError as error:
        return 503, {"error": str(error)}
    now = datetime.now(tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return 200, {"status": "completed", "result": result, "processedAt": now}


class _Server(ThreadingHTTPServer):
    """A worker's successor listens on the same port before the worker leaves: at no time is there nobody."""

    allow_reuse_port = True


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE
    work: Callable[[Any, dict[str, str] | None], tuple[int, dict[str, Any]]]
    metrics: Callable[[], str]

    def do_POST(self) -> None:
        """Answer POST /jobs."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self._answer(411, {"error": "Content-Length is missing"}, close=True)
            return
        if int(length) > BODY_LIMIT:
            self._answer(413, {"error": f"the body is larger than {BODY_LIMIT} bytes"}, close=True)
            return
        body = self.rfile.read(int(length))
        if self._path() != "/jobs":
            self._answer(404, {"error": f"no {self._path()} here; there is POST /jobs"})
            return
        try:
            asked = json.loads(body or b"null")
        except (ValueError, RecursionError):
            self._answer(400, {"error": "the body is not JSON"})
            return
        if not isinstance(asked, dict) or asked.get("data") in (None, ""):
            self._answer(400, {"error": "No data provided"})
            return
        came = tracing.parse(self.headers.get(tracing.PARENT), self.headers.get(tracing.STATE))
        self._answer(*self.work(asked["data"], came.headers() if came else None))

    def do_GET(self) -> None:
        """Answer GET /health and GET /metrics."""
        path = self._path()
        if path == "/health":
            self._answer(200, {"status": "ok"})
        elif path == "/metrics":
            self._send(200, self.metrics().encode(), CONTENT_TYPE)
        else:
            self._answer(404, {"error": f"no {path} here; there are GET /health and GET /metrics"})

    def do_HEAD(self) -> None:
        """Answer as to GET, without the body: probes ask so."""
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not worth a line each."""
        log.debug(format, *args)

    def _path(self) -> str:
        return self.path.partition("?")[0]

    def _answer(self, status: int, body: dict[str, Any], *, close: bool = False) -> None:
        if close:
            self.close_connection = True
        self._send(status, json.dumps(body, default=str).encode(), "application/json")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
