"""The supervisor's side of the logger, with a real one at the other end."""

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from scoreboard import FD_VARIABLE, Board
from supervisor.logger.settings import Settings, Stream
from supervisor.logs.logger_link import LoggerLink
from supervisor.processes.child import Nursery
from supervisor.processes.children import Children
from supervisor.processes.environment import child_environment
from supervisor.processes.outputs import Outputs
from supervisor.processes.own_output import PipeStream
from supervisor.processes.reap import Reaper
from supervisor.roots import ROOT

pytestmark = pytest.mark.process


def arguments(folder: Path, form: str) -> tuple[str, ...]:
    return (
        "--dir",
        str(folder),
        "--deaths",
        f"{folder}.deaths",
        "--settings",
        Settings(format=form, every=Stream(echo=False)).to_json(),
    )


async def until(link: LoggerLink, condition: Callable[[], bool]) -> None:
    """Look after the logger until a condition holds."""
    async with asyncio.timeout(20):
        while not condition():
            link.reconcile(time.monotonic())
            await asyncio.sleep(0.01)


def test_changed_settings_take_effect_without_a_lost_line_or_a_counted_crash(tmp_path: Path) -> None:
    async def body(board: Board) -> None:
        children, outputs, own = Children(), Outputs(), PipeStream()
        nursery = Nursery(asyncio.get_running_loop(), children, Reaper(children))
        env = child_environment(os.environ, config=tmp_path / "c.yaml", root=ROOT, extra={FD_VARIABLE: str(board.fd)})
        link = LoggerLink(nursery, outputs, own, arguments(tmp_path, "text"), env, board=board, wake=lambda: None)
        pipe, log = outputs.pipe("web.0", "web"), tmp_path / "web.log"
        os.write(pipe, b"one\n")
        await until(link, lambda: log.exists() and "web.0 | one\n" in log.read_text())
        old = link.service.pid
        link.change(arguments(tmp_path, "json"), time.monotonic())
        os.write(pipe, b"two\n")
        await until(link, lambda: link.service.pid not in (None, old) and "two" in log.read_text())
        os.write(pipe, b"three\n")
        await until(link, lambda: '"line":"three"' in log.read_text())
        assert link.service.restarts == 0
        pid = link.service.pid
        link.change(arguments(tmp_path, "json"), time.monotonic())  # the same: nothing happens
        assert link.service.pid == pid
        link.stop(time.monotonic())
        await until(link, link.is_down)
        for fd in outputs.left:
            os.close(fd)
        record = board.logger()
        assert (record.dropped_bytes, record.lines) == (0, 3)

    with Board.create(1) as board:
        asyncio.run(body(board))
