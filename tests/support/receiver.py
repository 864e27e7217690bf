"""A receiver of webhooks on this machine: keeps what it gets, answers as it is told, checks signatures by itself."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple, Self

from tests.support.processes import eventually

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


class Received(NamedTuple):
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """What the receiver would tell repetitions by."""
        return self.headers["webhook-id"]

    @property
    def event(self) -> Any:
        """The body."""
        return json.loads(self.body)

    def signed_by(self, secret: str) -> bool:
        """Whether one of the signatures is that of the secret, worked out anew."""
        said = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        mac = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), said, hashlib.sha256).digest()
        return f"v1,{base64.b64encode(mac).decode()}" in self.headers["webhook-signature"].split()


class Receiver:
    """Used as a context. `answers`: a status, or (status, headers), for each request in turn; then 204. `hold`: while
    it is not set, nobody gets an answer.
    """

    def __init__(self, answers: Iterable[Any] = ()) -> None:
        self.received: list[Received] = []
        self.hold = threading.Event()
        self.hold.set()
        self._answers = iter(answers)
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                with receiver._lock:
                    receiver.received.append(Received(self.path, headers, body))
                    answer = next(receiver._answers, 204)
                receiver.hold.wait(30)
                status, more = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in {"Content-Length": "0", **more}.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: Any) -> None: ...

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:  # who sent it was killed
                    self.close_connection = True

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.hold.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def gets(self, count: int, timeout: float = 15.0) -> list[Received]:
        """The requests, once there are so many."""
        eventually(lambda: len(self.received) >= count, timeout, lambda: f"got {self.received}")
        return list(self.received)
