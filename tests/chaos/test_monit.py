"""The terminal screen on a real herd, driven by its keys."""

import asyncio
from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import DataTable, RichLog, Static

from config import Places
from supervisor.monit.dialog import Question
from supervisor.monit.screen import Monit
from supervisor.monit.source import Source
from tests.chaos.conftest import MakeHerd

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(60)]


async def _until(true: Callable[[], bool], what: str) -> None:
    async def polled() -> None:
        while not true():  # noqa: ASYNC110  what is waited for happens in other processes
            await asyncio.sleep(0.05)

    try:
        await asyncio.wait_for(polled(), 20)
    except TimeoutError:
        pytest.fail(f"never seen: {what}")


def test_its_keys_scale_stop_and_start_a_pool_and_its_log_is_live(make_herd: MakeHerd) -> None:
    herd = make_herd()
    app = Monit(Source(Places(herd.config.data_dir).control_socket), str(herd.path), period=0.2)

    def names() -> list[str]:
        return [row.key for row in app._processes.lines if row.is_pool]

    def log() -> str:
        return "\n".join(line.text for line in app.query_one("#log", RichLog).lines)

    async def drive(pilot: Pilot[None]) -> None:
        await _until(lambda: names() == ["default.0", "default.1"], "two workers")
        assert "default 2/2" in str(app.query_one("#summary", Static).content)
        await pilot.press("plus")
        await _until(lambda: names() == ["default.0", "default.1", "default.2"], "a third worker")
        await pilot.press("minus")
        await _until(lambda: len(names()) == 2, "two workers again")
        herd.client.enqueue("nap", {"seconds": 0}, keep=60).result(timeout=10)
        await _until(lambda: app.query_one("#queues", DataTable).row_count > 0, "a queue")
        await _until(lambda: "all workers running" in log(), "a line of the log")
        await pilot.press("l")
        await _until(lambda: "all workers running" not in log(), "the log of the pool alone")
        await pilot.press("K")
        await _until(lambda: isinstance(app.screen, Question), "the question")
        await pilot.press("enter")  # Cancel has the focus
        await _until(lambda: not isinstance(app.screen, Question), "the screen again")
        assert len(names()) == 2
        await pilot.press("slash", *"no such")
        await _until(lambda: names() == [], "no line with that word")
        await pilot.press(*["backspace"] * 7, "enter")
        await _until(lambda: len(names()) == 2, "all lines again")
        await pilot.press("K")
        await _until(lambda: isinstance(app.screen, Question), "the question")
        await pilot.press("y")
        await _until(lambda: names() == [], "no worker")
        herd.stop()
        await _until(lambda: "trying again in" in str(app.query_one("#summary", Static).content), "that it is gone")
        await pilot.press("q")

    async def run() -> None:
        async with app.run_test(size=(160, 50)) as pilot:
            await drive(pilot)

    asyncio.run(run())
