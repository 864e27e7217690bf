"""One HTTP request to a place that was named by somebody else: to an address that was looked at first, within a time,
and without reading more than a little of the answer.

The name is resolved once and the connection goes to the very address that was judged: a name server that answers
differently the second time is never asked a second time. Redirects are not followed, no proxy is used.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

import h11

from worker.webhooks.public_address import is_public
from worker.webhooks.undelivered import Refused, Undelivered

MOST_READ = 65536  # bytes of an answer
_ADDRESSES = 4  # of one name are tried
_CHUNK = 16384
_PORTS = {"http": 80, "https": 443}

Resolve = Callable[[str, int], Awaitable[list[str]]]


class Answer(NamedTuple):
    """A status, and the Retry-After that came with it."""

    status: int
    retry_after: str | None


class Gate(NamedTuple):
    """What may be sent to: addresses of our own networks, URLs without TLS."""

    private: bool = False
    plain: bool = False


async def resolve(host: str, port: int) -> list[str]:
    """The host's addresses, as the system's resolver has them.

    Raises:
        OSError: it has none.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


async def post(
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    gate: Gate,
    timeout: float,  # noqa: ASYNC109 - of all of it together: looking up, connecting, sending, the answer
    resolver: Resolve = resolve,
) -> Answer:
    """Send the body; the answer's status.

    Raises:
        Refused: the gate is shut. Undelivered: there was no answer within `timeout` seconds.
    """
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Refused("the URL begins with neither https:// nor http://, or names no host")
    if parts.scheme == "http" and not gate.plain:
        raise Refused("http:// is not allowed (webhooks.allow_http), https:// is")
    host, port = parts.hostname, parts.port or _PORTS[parts.scheme]
    try:
        async with asyncio.timeout(timeout):
            addresses = await _judged(host, port, gate, resolver)
            reader, writer = await _connect(addresses, host, port, tls=parts.scheme == "https")
            try:
                return await _exchange(reader, writer, _request(parts, headers, len(body)), body)
            finally:
                writer.transport.abort()  # never wait for the other side
    except TimeoutError:
        raise Undelivered(f"{host} did not answer within {timeout:g} s") from None
    except (OSError, ssl.SSLError, h11.RemoteProtocolError, EOFError) as error:
        raise Undelivered(f"{host}: {error or type(error).__name__}") from error


async def _judged(host: str, port: int, gate: Gate, resolver: Resolve) -> list[str]:
    """Those of the host's addresses that may be sent to."""
    found = await resolver(host, port)
    allowed = [address for address in found if gate.private or is_public(address)]
    if not allowed:
        raise Refused(
            f"{host} is not on the internet: its address is private, local or reserved (webhooks.allow_private)"
            if found
            else f"{host} has no address"
        )
    return allowed[:_ADDRESSES]


async def _connect(
    addresses: list[str], host: str, port: int, *, tls: bool
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection to the first address that takes one. The certificate must be for the host that was named."""
    trouble: OSError | None = None
    for address in addresses:
        try:
            if tls:
                return await asyncio.open_connection(address, port, ssl=_tls(), server_hostname=host)
            return await asyncio.open_connection(address, port)
        except OSError as error:
            trouble = error
    raise trouble or OSError("no address")


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _request(parts: SplitResult, headers: Mapping[str, str], length: int) -> h11.Request:
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    ours = {"Host": parts.netloc, "Content-Length": str(length), "Connection": "close"}
    return h11.Request(method="POST", target=target, headers=[*ours.items(), *headers.items()])


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: h11.Request, body: bytes
) -> Answer:
    talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=MOST_READ)
    for event in (request, h11.Data(data=body), h11.EndOfMessage()):
        writer.write(talk.send(event) or b"")
    answer, read = None, 0
    while True:
        said: Any = talk.next_event()
        if isinstance(said, h11.Response):
            found = [value.decode("latin-1") for name, value in said.headers if name == b"retry-after"]
            answer = Answer(said.status_code, found[0] if found else None)
        elif said is h11.NEED_DATA:
            if answer is not None or read >= MOST_READ:
                break  # what else it says is of no use to anybody
            data = await reader.read(_CHUNK)
            read += len(data)
            talk.receive_data(data)
        elif not isinstance(said, h11.InformationalResponse):
            break
    if answer is None:
        raise Undelivered("the receiver sent no answer, or an endless one")
    return answer
