"""Ports for tests: never the same twice in a run, and none that the kernel hands out by itself."""

import itertools
import os
import socket

_FIRST, _EACH = 20_000, 1_500  # below the kernel's own ephemeral range, a span for each parallel test process
_number = int((os.environ.get("PYTEST_XDIST_WORKER") or "gw0").removeprefix("gw")) % 8
# Two runs on one machine start at different places of the span.
_offsets = itertools.count(os.getpid() % _EACH)


def free_port() -> int:
    """A port that was free a moment ago, and that this process has not handed out before."""
    while True:
        port = _FIRST + _number * _EACH + next(_offsets) % _EACH
        with socket.socket() as probe:
            # As a server would bind it: what only lingers in TIME_WAIT is no hindrance.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
