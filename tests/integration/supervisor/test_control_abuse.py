"""The control socket among clients that do it wrong. The loop is real, what stands behind it is not."""

import asyncio
import json
import os
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from supervisor.outside import client, control
from supervisor.outside.control import LIMIT, MOST_AT_ONCE, Access, Control, reading


def in_a_loop(test: Callable[[Path], Coroutine[None, None, None]]) -> Callable[[Path], None]:
    def run(tmp_path: Path) -> None:
        asyncio.run(test(tmp_path / "s"))

    run.__name__ = test.__name__
    return run


@asynccontextmanager
async def listening(path: Path, access: Access | None = None) -> AsyncIterator[None]:
    large = {"workers": ["x" * 400] * 5000}  # two megabytes
    verbs = {"ping": lambda *_: {"pid": os.getpid()}, "status": lambda *_: large}
    server = Control(path, Mock(leaving=None), access or Access(verbs))
    await server.start()
    try:
        yield
    finally:
        await server.stop()


async def ask(path: Path, verb: str = "ping") -> Any:
    return await asyncio.to_thread(client.ask, path, verb)


def connect(path: Path) -> socket.socket:
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    end.settimeout(0)
    end.connect(str(path))
    return end


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def hear(end: socket.socket) -> bytes:
    said = b""
    while piece := await asyncio.get_running_loop().sock_recv(end, 65536):
        said += piece
    return said


@in_a_loop
async def test_all_of_them_at_once(path: Path) -> None:
    async with listening(path):
        ends = [connect(path) for _ in range(4 * MOST_AT_ONCE)]
        await ask(path)
        for number, end in enumerate(ends):
            try:
                end.send((b"{", os.urandom(500) + b"\n", b'{"verb": "status"}\n', b"\0" * (2 * LIMIT))[number % 4])
                if number % 8 > 4:
                    end.shutdown(socket.SHUT_WR)
            except OSError:
                continue
        for _ in range(2 * MOST_AT_ONCE):
            assert (await ask(path))["pid"] == os.getpid()
        for end in ends:
            end.close()


@in_a_loop
async def test_the_one_that_is_there_longest_is_sent_away_with_a_reason(path: Path) -> None:
    async with listening(path):
        ends = []
        for _ in range(MOST_AT_ONCE):
            ends.append(connect(path))
            await asyncio.sleep(0)
        await ask(path)
        assert json.loads(await hear(ends[0]))["error"] == "too many requests at once; try again"
        ends[1].send(b'{"verb": "ping"}\n')
        assert json.loads(await hear(ends[1]))["ok"] is True
        for end in ends:
            end.close()


@in_a_loop
async def test_a_client_that_closes_its_writing_half_is_answered(path: Path) -> None:
    async with listening(path):
        end = connect(path)
        end.send(b'{"verb": "ping"}\n')
        end.shutdown(socket.SHUT_WR)
        assert json.loads(await hear(end))["ok"] is True
        silent = connect(path)
        silent.shutdown(socket.SHUT_WR)
        assert json.loads(await hear(silent))["ok"] is False
        end.close()
        silent.close()


@in_a_loop
async def test_a_line_without_an_end_is_cut_off(path: Path) -> None:
    async with listening(path):
        end = connect(path)
        loop = asyncio.get_running_loop()
        await loop.sock_sendall(end, b" " * (LIMIT + 10))
        said = await loop.sock_recv(end, 65536)
        assert f"at most {LIMIT} bytes" in json.loads(said)["error"]
        end.close()


def test_who_does_not_read_is_cut_off_and_nothing_is_kept_for_him(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "_TIME_S", 0.2)

    async def meet(path: Path) -> None:
        async with listening(path):
            end = connect(path)
            end.send(b'{"verb": "status"}\n')
            silent = connect(path)
            assert await hear(silent) == b""  # closed after its time
            await asyncio.sleep(0.1)  # the other one's was over before
            with pytest.raises((ConnectionError, AssertionError)):
                assert (await hear(end)).endswith(b"\n"), "cut"
            end.close()
            silent.close()

    asyncio.run(meet(tmp_path / "s"))


@in_a_loop
async def test_a_large_answer_arrives_whole(path: Path) -> None:
    async with listening(path):
        assert len((await ask(path, "status"))["workers"]) == 5000


@in_a_loop
async def test_the_socket_for_reading_changes_nothing(path: Path) -> None:
    async with listening(path, reading(0o660, os.getgid())):
        assert mode_of(path) == 0o660
        assert (await ask(path))["pid"] == os.getpid()
        for verb in ("shutdown", "scale", "restart", "stop", "start", "signal", "reload"):
            with pytest.raises(client.RefusedError, match="unknown verb"):
                await ask(path, verb)


def test_a_file_that_is_no_socket_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "mine"
    path.write_text("precious")
    with pytest.raises(FileExistsError):
        asyncio.run(Control(path, Mock()).start())
    assert path.read_text() == "precious"
