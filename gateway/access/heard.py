"""What a request says of itself, as far as access goes by it; read from the headers in one pass."""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

_NAMES = {
    b"host": "host",
    b"origin": "origin",
    b"authorization": "authorization",
    b"cookie": "cookie",
    b"x-csrf-token": "csrf",
    b"accept": "accept",
}


@dataclass(slots=True)
class Heard:
    """Headers as text, "" where one is missing. Of several `Cookie` headers all count, of all others the last.

    Attributes:
        address: of the client, as the socket has it. who: id of the token, once that is known.
    """

    method: str
    path: str
    host: str = ""
    origin: str = ""
    authorization: str = ""
    cookie: str = ""
    csrf: str = ""
    accept: str = ""
    address: str = ""
    who: str = ""

    @property
    def is_act(self) -> bool:
        """Whether it can change something; a websocket counts as one, for pages of others can open it."""
        return self.method not in ("GET", "HEAD", "OPTIONS")

    @property
    def wants_a_page(self) -> bool:
        """Whether a person's browser asks for something to look at."""
        return self.method == "GET" and "text/html" in self.accept


def heard(scope: MutableMapping[str, Any]) -> Heard:
    """Read an ASGI scope of a request or a websocket."""
    found = Heard("WS" if scope["type"] == "websocket" else scope["method"], scope["path"])
    for name, value in scope["headers"]:
        slot = _NAMES.get(name)
        if slot is not None:
            text = value.decode("latin-1")
            setattr(found, slot, f"{found.cookie}; {text}" if slot == "cookie" and found.cookie else text)
    client = scope.get("client")
    found.address = client[0] if client else ""
    return found
