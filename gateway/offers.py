"""Offers of another protocol: a websocket is taken up, all others are declined and the request is served as it is."""

from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class PlainProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, for clients that offer h2c with each request (curl --http2, Java's): it would lose the body.

    Attributes:
        is_told_again: what the parser says now is of a head that it has told of already.
    """

    def __init__(self, **said: Any) -> None:
        super().__init__(**said)
        self.is_told_again = False

    def data_received(self, data: bytes) -> None:
        """Bytes of a request."""
        self._unset_keepalive_if_required()
        self._feed(data)

    def on_message_begin(self) -> None:
        """A request's first byte is there."""
        if not self.is_told_again:
            super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Some of a request's target."""
        if not self.is_told_again:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of a request's headers."""
        if not self.is_told_again:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """A request's head is there."""
        if not self.is_told_again:
            super().on_headers_complete()

    def _should_upgrade(self) -> bool:
        """Whether the connection becomes a websocket: that begins with a GET, a key and a version, or it is none."""
        said = dict(self.headers)
        is_one = b"sec-websocket-key" in said and said.get(b"sec-websocket-version") == b"13"
        return is_one and self.scope["method"] == "GET" and super()._should_upgrade()

    def _feed(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self.send_400_response("")
        except httptools.HttpParserUpgrade as offer:
            if self._should_upgrade():
                self.handle_websocket_upgrade()
            else:
                self._decline(data[offer.args[0] :])

    def _decline(self, rest: bytes) -> None:
        """The parser stopped behind the head: another one, told how long the body is, reads that and what follows."""
        framing = [pair for pair in self.headers if pair[0] in (b"content-length", b"transfer-encoding")]
        lines = [b"POST / HTTP/1.1", *(name + b": " + value for name, value in framing), b"", b""]
        self.parser = httptools.HttpRequestParser(self)
        self.cycle.more_body = True
        self.is_told_again = True
        self.parser.feed_data(b"\r\n".join(lines))
        self.is_told_again = False
        if rest:
            self._feed(rest)
