"""A supervisor that is played by a small server: every odd answer is one error, in time."""

import asyncio
import contextlib
import json
import socket
import tempfile
import threading
from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway import supervisor_link
from gateway.supervisor_link import NoSupervisor, SupervisorLink, SupervisorRefused


@pytest.fixture
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="hm-") as folder:  # a unix socket's path must be short
        yield Path(folder) / "s"


Scenario = Callable[[SupervisorLink, list[dict[str, Any]]], Coroutine[Any, Any, None]]


def play(path: Path, said: bytes | None, scenario: Scenario) -> None:
    asked: list[dict[str, Any]] = []

    def serve(server: socket.socket) -> None:
        while True:
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as lines:
                if not (line := lines.readline()):
                    return  # the test is over
                asked.append(json.loads(line))
                if said is None:
                    lines.read()  # until the other side has enough
                with contextlib.suppress(OSError):
                    connection.sendall(said or b"")

    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        try:
            asyncio.run(scenario(SupervisorLink(path), asked))
        finally:
            with socket.socket(socket.AF_UNIX) as last:
                last.connect(str(path))
            thread.join(10)


def test_an_act_is_one_line_there_and_one_back(path: Path) -> None:
    async def scenario(link: SupervisorLink, asked: list[dict[str, Any]]) -> None:
        assert await link.act("scale", name="default", count="+1") == {"desired": 3}
        assert asked == [{"verb": "scale", "args": {"name": "default", "count": "+1"}}]

    play(path, b'{"ok": true, "result": {"desired": 3}}\n', scenario)


def test_those_who_ask_for_the_status_at_once_share_one_answer(path: Path) -> None:
    async def scenario(link: SupervisorLink, asked: list[dict[str, Any]]) -> None:
        assert await asyncio.gather(*(link.status() for _ in range(5))) == [{"pools": []}] * 5
        assert len(asked) == 1
        await link.status()
        assert len(asked) == 2

    play(path, b'{"ok": true, "result": {"pools": []}}\n', scenario)


def test_a_refusal_bears_the_supervisor_s_own_words(path: Path) -> None:
    async def scenario(link: SupervisorLink, _: list[dict[str, Any]]) -> None:
        with pytest.raises(SupervisorRefused, match="pool default is stopped"):
            await link.act("reload", name="default")

    play(path, b'{"ok": false, "error": "pool default is stopped"}\n', scenario)


@pytest.mark.parametrize("said", [b"", b"\n", b"[]\n", b"nonsense\n", b"\xff\n", b"[" * 100_000 + b"\n", b"x" * 70_000])
def test_an_answer_that_makes_no_sense_is_no_answer(path: Path, said: bytes) -> None:
    async def scenario(link: SupervisorLink, _: list[dict[str, Any]]) -> None:
        with pytest.raises(NoSupervisor):
            await link.status()
        assert await link.status_or_none() is None

    play(path, said, scenario)


def test_an_endless_or_a_missing_answer_ends(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_link, "LARGEST", 10_000)
    monkeypatch.setattr(supervisor_link, "WITHIN", 0.2)

    async def scenario(link: SupervisorLink, _: list[dict[str, Any]]) -> None:
        with pytest.raises(NoSupervisor):
            await link.deaths(5)

    play(path, b"x" * 1_000_000, scenario)
    path.unlink(missing_ok=True)
    play(path, None, scenario)


def test_where_nobody_listens_there_is_no_supervisor(path: Path) -> None:
    for place in (path, path / "no" / "folder", Path("/" + "x" * 300)):
        with pytest.raises(NoSupervisor, match="no supervisor answers"):
            asyncio.run(SupervisorLink(place).status())
