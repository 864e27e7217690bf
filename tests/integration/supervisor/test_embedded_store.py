"""The embedded store: damage is told, and never repaired or overwritten."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.herd import Herd
from tests.support.processes import eventually

pytestmark = pytest.mark.process


def store(herd: Herd) -> Any:
    return herd.status()["store"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def stopped(make_herd: Callable[..., Herd]) -> Herd:
    """A herd that ran, was given jobs that wait for an hour, and was stopped."""
    herd = make_herd()
    for _ in range(20):
        herd.client.enqueue("nap", {"seconds": 0}, delay=3600)
    assert herd.stop() == 0
    return herd


def start_and_wait_for_the_complaint(herd: Herd, word: str) -> str:
    herd.start()
    eventually(lambda: word in store(herd)["error"], 15, herd.tail)
    assert store(herd)["state"] == "BACKOFF"
    return str(store(herd)["error"])


def is_used_again(mended: Herd) -> None:
    assert mended.command("start", "store").stdout == "starting store\n"  # or within 10 s by itself
    mended.ready()
    assert mended.client.queues()["default"].scheduled == 20


def test_a_damaged_file_is_told_left_alone_and_used_again_once_mended(stopped: Herd) -> None:
    data = stopped.folder / "d/store/appendonlydir"
    (incremental,) = data.glob("*.incr.aof")
    whole = incremental.read_bytes()
    command = whole.index(b"\r\n*", len(whole) // 2) + 2
    incremental.write_bytes(whole[:command] + b"garbage" + whole[command + 7 :])
    before = contents(data)
    error = start_and_wait_for_the_complaint(stopped, "cannot be read")
    assert "valkey-check-aof --fix" in error
    assert contents(data) == before
    incremental.write_bytes(whole)
    is_used_again(stopped)


@pytest.mark.parametrize(
    ("what", "complaint"),
    [("*.manifest", "manifest file is missing"), ("*.base.rdb", "cannot be read"), ("*.incr.aof", "cannot be read")],
    ids=["the list itself", "the base", "the increment"],
)
def test_a_file_that_is_gone_is_told_and_nothing_is_begun_anew(stopped: Herd, what: str, complaint: str) -> None:
    data = stopped.folder / "d/store/appendonlydir"
    (gone,) = data.glob(what)
    whole = gone.read_bytes()
    gone.unlink()
    before = contents(data)
    start_and_wait_for_the_complaint(stopped, complaint)
    assert contents(data) == before
    gone.write_bytes(whole)
    is_used_again(stopped)


def test_a_damaged_snapshot_at_the_files_head_is_told_and_left_alone(stopped: Herd) -> None:
    data = stopped.folder / "d/store/appendonlydir"
    (base,) = data.glob("*.base.rdb")
    whole = base.read_bytes()
    base.write_bytes(b"GARBAGE" + whole[7:])
    before = contents(data)
    start_and_wait_for_the_complaint(stopped, "cannot be read")
    assert contents(data) == before
    base.write_bytes(whole)
    is_used_again(stopped)


def test_what_is_stored_is_readable_by_this_user_only(stopped: Herd) -> None:
    open_to_others = [
        path for path in (stopped.folder / "d/logs").iterdir() if path.is_file() and path.stat().st_mode & 0o077
    ]
    assert open_to_others == []
