"""A gateway's life: from its config to a server on its port, until it is told to stop; HUP rereads its tokens."""

import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.types import ASGIApp

import config
from config import Config
from engine import AsyncClient
from engine.clients.logouts import is_logged_out, logout
from engine.entrance import carrier
from engine.entrance.carrier import Carrying
from engine.errors import EngineError
from engine.store import keys
from engine.store.connection import open_connection
from gateway.access.doorkeeper import Access
from gateway.access.logouts import Logouts
from gateway.breaker import GuardedClient
from gateway.connections import room
from gateway.crowd import spare_collections
from gateway.listener import CannotListen, is_loopback, listen
from gateway.server import GatewayServer
from gateway.services import Services
from scoreboard import FD_VARIABLE, Board, LayoutError

STORE_WITHIN = 2.0
"""Seconds in which the store must reply; an HTTP client is told that it is away rather than kept waiting."""

_log = logging.getLogger("gateway")


def run(settings: Config) -> int:
    """Serve until TERM or INT; the exit status: 0 stopped, 1 the port is taken, 2 a host or a setting is refused."""
    host, port = settings.gateway.host, settings.gateway.port
    if not settings.gateway.tokens and not is_loopback(host):
        sys.stderr.write(_refused(settings.path, host) + "\n")
        return 2
    config.logs.set_up("gateway")
    try:
        open_connection(config.store_url(settings), STORE_WITHIN)  # connects nowhere yet, but knows a URL it cannot use
        bound = listen(host, port)
    except EngineError as error:
        _log.error("redis.url in %s: %s", settings.path, error)
        return 2
    except CannotListen as error:
        _log.error("%s", error)
        return 1
    try:
        packing = carrying(settings)
    except EngineError as error:
        bound.close()
        _log.error("encryption in %s: %s", settings.path, error)
        return 2
    _serve(settings, bound, packing)
    return 0


def carrying(settings: Config) -> Carrying:
    """What the file says of payloads and encryption.

    Raises:
        EngineError: there are keys, but no `cryptography` package.
    """
    pairs = [(key.id, key.key) for key in settings.encryption.keys]
    return carrier.carrying(settings.payloads.max_size, settings.payloads.compress_over, pairs)


def _serve(settings: Config, bound: socket.socket, packing: Carrying) -> None:
    url, namespace = config.store_url(settings), config.namespace(settings)
    client = GuardedClient(url, namespace=namespace, timeout=STORE_WITHIN, **packing)
    only_here = is_loopback(settings.gateway.host)
    access = Access(
        settings.gateway,
        seal=client.seal,
        logouts=_logouts(client, keys.base(namespace)),
        record=client.audit.write,
        only_here=only_here,
    )
    around, flush = _traced(settings)
    server = GatewayServer(Services.around(client, attached(os.environ), access, settings), around, room())
    spare_collections()
    # Uvicorn raises the signals it caught once more when it is done; ours make that harmless,
    # and a stop asked for before it listens to signals is not lost.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, server.handle_exit)
    signal.signal(signal.SIGHUP, lambda *_: reread(settings.path, access, only_here=only_here))
    address = bound.getsockname()
    name = f"[{address[0]}]" if bound.family == socket.AF_INET6 else address[0]
    _log.info("listening on http://%s:%d, %s", name, address[1], open_to(access))
    server.run(sockets=[bound])
    flush()
    _log.info("stopped")


def _logouts(client: AsyncClient, base: str) -> Logouts:
    return Logouts(
        lambda session, until: client.run(logout(session, until)),
        lambda session: client.ask(is_logged_out(base, session)),
    )


def reread(path: Path, access: Access, *, only_here: bool) -> None:
    """Put the tokens, hosts and limits of the file in force; a file that cannot be used changes nothing."""
    try:
        fresh = config.load(path).gateway
    except config.ConfigError as error:
        _log.error("the tokens stay as they were: %s", error)
        return
    if not fresh.tokens and not only_here:
        _log.error("the tokens stay as they were: without any, a gateway that others can reach is not run")
        return
    access.take(fresh)
    if config.reads_applied(path):
        _log.info("read what is applied of %s again: %s (`apply` puts a changed file in force)", path, open_to(access))
    else:
        _log.info("read %s again: %s (another host or port needs a restart)", path, open_to(access))


def open_to(access: Access) -> str:
    """Whom the gateway serves, for the log."""
    count = len(access.ring)
    return f"open to {count} token{'s' * (count > 1)}" if count else "open to every user of this machine"


def _traced(settings: Config) -> tuple[Callable[[ASGIApp], ASGIApp], Callable[[], object]]:
    """What goes around the app, and what is called at the end."""
    if not settings.tracing.enabled:
        return (lambda app: app), (lambda: None)
    from gateway.tracing import begin  # nobody pays for OpenTelemetry who does not use it

    return begin(settings)


def attached(environ: Mapping[str, str]) -> Board | None:
    """The scoreboard that a supervisor handed down, None when there is none to read."""
    text = environ.get(FD_VARIABLE, "")
    if not text.isdigit():
        return None
    try:
        return Board.attach(int(text))
    except (LayoutError, OSError) as error:
        _log.warning("cannot read the scoreboard, asking the store instead: %s", error)
        return None


def _refused(path: Path, host: str) -> str:
    return (
        f"{path}: gateway.host: {host} can be reached from other machines, and the gateway has no tokens: everybody "
        f"there could do everything. `python -m gateway token NAME --scope submit` makes one and prints its line for "
        f"gateway.tokens; or use 127.0.0.1"
    )
