"""The terminal screen on a real herd, driven by its keys."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, RichLog, Static

from config import Places
from supervisor.monit.dialog import Keys, Question
from supervisor.monit.screen import Monit
from supervisor.monit.source import Source
from tests.chaos.conftest import MakeHerd
from tests.support.herd import Herd
from tests.unit.supervisor.monit.test_monit_rows import STATUS

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(60)]


async def _until(true: Callable[[], bool], what: str) -> None:
    async def polled() -> None:
        while not true():  # noqa: ASYNC110  what is waited for happens in other processes
            await asyncio.sleep(0.05)

    try:
        await asyncio.wait_for(polled(), 20)
    except TimeoutError:
        pytest.fail(f"never seen: {what}")


def _pool_lines(app: Monit) -> list[str]:
    return [row.key for row in app._processes.lines if row.is_pool]


def _summary(app: Monit) -> str:
    return str(app.query_one("#summary", Static).content)


def _log(app: Monit) -> str:
    return "\n".join(line.text for line in app.query_one("#log", RichLog).lines)


def _run(app: Monit, drive: Callable[[Pilot[None]], Awaitable[None]], size: tuple[int, int] = (160, 50)) -> None:
    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await drive(pilot)

    asyncio.run(run())


async def _look(pilot: Pilot[None], app: Monit, herd: Herd) -> None:
    await _until(lambda: _pool_lines(app) == ["default.0", "default.1"], "two workers")
    assert "default 2/2" in _summary(app)
    await pilot.press("plus")
    await _until(lambda: _pool_lines(app) == ["default.0", "default.1", "default.2"], "a third worker")
    await pilot.press("minus")
    await _until(lambda: len(_pool_lines(app)) == 2, "two workers again")
    herd.client.enqueue("nap", {"seconds": 0}, keep=60).result(timeout=10)
    await _until(lambda: app.query_one("#queues", DataTable).row_count > 0, "a queue")
    await _until(lambda: "all workers running" in _log(app), "a line of the log")
    await pilot.press("l")
    await _until(lambda: "all workers running" not in _log(app), "the log of the pool alone")
    await pilot.press("slash", "x", "y")
    await _until(lambda: _pool_lines(app) == [], "no line with that word")
    await pilot.press("backspace", "backspace", "enter")
    await _until(lambda: len(_pool_lines(app)) == 2, "all lines again")
    await pilot.press("exclamation_mark")
    await _until(lambda: _pool_lines(app) == [], "nobody is in trouble")
    await pilot.press("exclamation_mark")


async def _act(pilot: Pilot[None], app: Monit, herd: Herd) -> None:
    await _until(lambda: len(_pool_lines(app)) == 2, "all lines")
    await pilot.press("K")
    await _until(lambda: isinstance(app.screen, Question), "the question")
    await pilot.press("enter")  # Cancel has the focus
    await _until(lambda: not isinstance(app.screen, Question), "the screen again")
    assert len(_pool_lines(app)) == 2
    await pilot.press("K")
    await _until(lambda: isinstance(app.screen, Question), "the question")
    await pilot.press("y")
    await _until(lambda: _pool_lines(app) == [], "no worker")
    herd.stop()
    await _until(lambda: "trying again in" in _summary(app), "that it is gone")
    assert app.screen.has_class("lost")
    await pilot.press("q")


def test_its_keys_scale_stop_and_start_a_pool_and_its_log_is_live(make_herd: MakeHerd) -> None:
    herd = make_herd()
    app = Monit(Source(Places(herd.config.data_dir).control_socket), str(herd.path), period=0.2)

    async def drive(pilot: Pilot[None]) -> None:
        await _look(pilot, app, herd)
        await _act(pilot, app, herd)

    _run(app, drive)


def test_who_may_only_look_changes_nothing_and_eighty_columns_are_enough(tmp_path: Path) -> None:
    class Still(Source):
        """A herd that does not move; says what it was asked to do."""

        acts: ClassVar[list[str]] = []

        def status(self) -> tuple[dict[str, Any], dict[int, float]]:
            return STATUS, {}

        def act(self, verb: str, args: dict[str, Any]) -> str:
            del args
            self.acts.append(verb)
            return ""

    path = tmp_path / "c.yaml"
    path.write_text(f"data_dir: {tmp_path}/d\n")
    source = Still(tmp_path / "none.sock")

    async def drive(pilot: Pilot[None]) -> None:
        await _until(lambda: len(app._processes.lines) > 0, "a line")
        assert len(app._processes.columns) == 6
        await pilot.press("plus", "K", "R", "y")
        assert not isinstance(app.screen, Question)
        await pilot.press("w")
        await _until(lambda: len(app._processes.columns) == 10, "all columns")
        await pilot.press("question_mark")
        await _until(lambda: isinstance(app.screen, Keys), "the keys")
        await pilot.press("escape", "q")

    app = Monit(source, str(path), period=0.1, plain=True, read_only=True)
    _run(app, drive, size=(80, 24))
    assert source.acts == []
