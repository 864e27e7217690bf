"""What the service manager hears, at a real datagram socket."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.outside.notify import Notifier, reloading


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens, and what stands in NOTIFY_SOCKET for it."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
        end.settimeout(0)
        if request.param == "path":
            end.bind(str(tmp_path / "notify"))
            yield end, str(tmp_path / "notify")
        else:
            end.bind("")  # the kernel invents an abstract name
            yield end, "@" + end.getsockname()[1:].decode()


def test_words_arrive_in_one_datagram(manager: tuple[socket.socket, str]) -> None:
    end, address = manager
    assert Notifier({"NOTIFY_SOCKET": address}, 1).say("READY=1", "STATUS=2/2 workers")
    assert end.recv(4096) == b"READY=1\nSTATUS=2/2 workers"


def test_a_manager_that_does_not_read_holds_nobody_up(manager: tuple[socket.socket, str]) -> None:
    notifier = Notifier({"NOTIFY_SOCKET": manager[1]}, 1)
    assert not all(notifier.say("WATCHDOG=1", "X=" + "x" * 10_000) for _ in range(2000))


@pytest.mark.parametrize(
    "environ", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "/nobody/listens"}, {"NOTIFY_SOCKET": "x"}]
)
def test_without_a_manager_words_go_nowhere(environ: dict[str, str]) -> None:
    assert not Notifier(environ, 1).say("READY=1")


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({"WATCHDOG_USEC": "30000000"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "7"}, 15.0),
        ({"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({}, None),
    ],
)
def test_the_watchdog_is_fed_at_half_its_time_and_only_our_own(environ: dict[str, str], seconds: float | None) -> None:
    assert Notifier({"NOTIFY_SOCKET": "/x", **environ}, 7).watchdog_s == seconds


def test_a_reload_says_when_it_began() -> None:
    word, when = reloading()
    assert word == "RELOADING=1"
    assert when.startswith("MONOTONIC_USEC=")
    assert when.partition("=")[2].isdigit()
