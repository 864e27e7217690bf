"""Where the metrics are served: can be moved while the supervisor runs."""

import asyncio
import errno
import ipaddress
import logging
import socket

from config import Metrics
from supervisor.outside.metrics_server import MetricsServer, bind

log = logging.getLogger(__name__)


class MetricsPlace:
    """Duties: listen at the new place before the old one is left; on failure stay where we were."""

    def __init__(self, server: MetricsServer, addresses: dict[str, str], now: Metrics) -> None:
        self._server = server
        self._addresses = addresses
        self._now = now
        self._starting: asyncio.Task[None] | None = None

    def move(self, to: Metrics) -> None:
        """Serve there from now on.

        Raises:
            OSError: the place cannot be had; nothing has changed.
        """
        if to == self._now:
            return
        if not to.enabled:
            self._server.close()
            self._addresses.pop("metrics", None)
            self._now = to
            return
        if not _numeric(to.host):
            raise OSError(0, f"metrics.host {to.host!r} is a name: looking it up needs a new start of the supervisor")
        listener = self._bound(to)
        self._server.close()
        host, port = to.host, listener.getsockname()[1]
        self._addresses["metrics"] = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._starting = asyncio.get_running_loop().create_task(self._server.start(listener))
        self._now = to

    def _bound(self, to: Metrics) -> socket.socket:
        try:
            return bind(to.host, to.port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or not self._now.enabled or self._now.port != to.port:
                raise
        # Our own listener may be what is in the way, as with 0.0.0.0 after 127.0.0.1.
        self._server.close()
        try:
            return bind(to.host, to.port)
        except OSError:
            back = bind(self._now.host, self._now.port)
            self._starting = asyncio.get_running_loop().create_task(self._server.start(back))
            raise


def _numeric(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True
