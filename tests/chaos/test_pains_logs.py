"""Three of the pains of process managers, as far as logs go: memory, full disks, writers that wait for ever."""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from engine import NewJob
from tests.chaos.conftest import MakeHerd
from tests.support.herd import Herd
from tests.support.processes import alive, eventually

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(120)]

_MEGABYTE = 1 << 20
# Writes lines as fast as it can; its file says how many it got rid of.
_CHATTER = """
import os, sys
line = b"x" * 999 + b"\\n"
count = 0
with open(sys.argv[1], "wb", buffering=0) as told:
    while True:
        view = memoryview(line)
        while view:
            view = view[os.write(1, view):]
        count += 1
        told.seek(0)
        told.write(b"%d" % count)
"""


def chatterer(folder: Path, **over: object) -> dict[str, object]:
    (folder / "chatter.py").write_text(_CHATTER)
    return {
        "name": "chatter",
        "command": f"nice -n 19 {sys.executable} {folder / 'chatter.py'} {folder / 'count'}",
        **over,
    }


def count(folder: Path) -> int:
    path = folder / "count"
    return int(path.read_bytes() or b"0") if path.exists() else 0


def metric(herd: Herd, name: str) -> float:
    """A counter; no answer within seconds, on a busy machine, is "not yet"."""
    try:
        return herd.metric(f"herdsman_log_{name}_bytes_total")
    except OSError as error:
        raise AssertionError(str(error)) from None


def rss(pid: int) -> int:
    return int(psutil.Process(pid).memory_info().rss)


def test_pain_04_twenty_writers_at_full_speed_cost_the_supervisor_no_memory(make_herd: MakeHerd) -> None:
    herd = make_herd(
        pool={"instances": 1},
        programs=[{"name": "yes", "command": ["nice", "-n", "19", "yes", "y" * 200], "instances": 20}],
        logs={"max_size": "1M", "max_total": "4M", "echo": False},
    )
    eventually(lambda: metric(herd, "written") > 4 * _MEGABYTE, 20)
    before = rss(herd.pid)
    written = eventually(lambda: metric(herd, "written") + 1, 20)
    eventually(lambda: metric(herd, "written") > written + 20 * _MEGABYTE, 60)
    assert rss(herd.pid) - before < 4 * _MEGABYTE
    assert rss(herd.pid_of("logger")) < 150 * _MEGABYTE
    assert herd.status()["state"] == "running"


def test_pain_05_logs_keep_to_their_total_with_rotation_compression_and_a_file_a_worker(
    make_herd: MakeHerd, tmp_path: Path
) -> None:
    herd = make_herd(
        pool={"instances": 1},
        programs=[chatterer(tmp_path)],
        logs={"max_size": "100K", "max_total": "1M", "echo": False, "per_worker": True},
    )
    logs = herd.config.data_dir / "logs"

    def total() -> int:
        found = 0
        for path in logs.iterdir():
            try:
                found += path.stat().st_size
            except FileNotFoundError:
                continue
        return found

    for part in range(1, 9):
        eventually(lambda: metric(herd, "written") > part * _MEGABYTE, 30)  # noqa: B023
        assert total() <= _MEGABYTE
    assert list(logs.glob("chatter.0.log"))
    herd.command("stop", "chatter")  # at full speed a file is removed before it can be compressed
    eventually(lambda: list(logs.glob("chatter.*.gz")), 10)
    assert total() <= _MEGABYTE


def test_pain_06_a_logger_that_is_stuck_is_replaced_and_its_writers_go_on(make_herd: MakeHerd, tmp_path: Path) -> None:
    herd = make_herd(pool={"instances": 1}, programs=[chatterer(tmp_path)], logs={"max_total": "20M", "echo": False})
    eventually(lambda: count(tmp_path) > 100, 10)
    old = herd.pid_of("logger")
    os.kill(old, signal.SIGSTOP)
    eventually(lambda: not alive(old), 20)
    stood = count(tmp_path)
    eventually(lambda: count(tmp_path) > stood + 1000, 20)
    assert herd.pid_of("logger") != old
    assert "it reads no more" in herd.command("logs", "supervisor").stdout


@pytest.fixture
def stopper() -> Iterator[list[Herd]]:
    """Stops every logger of the herds in the list, as soon as it is seen, until the test ends."""
    herds: list[Herd] = []
    done = threading.Event()

    def stop_all() -> None:
        while not done.wait(0.02):
            for herd in herds:
                for child in psutil.Process(herd.pid).children():
                    try:
                        if "supervisor.logger" in child.cmdline():
                            child.suspend()
                    except psutil.NoSuchProcess:
                        continue

    thread = threading.Thread(target=stop_all)
    thread.start()
    yield herds
    done.set()
    thread.join()
    for herd in herds:
        for child in psutil.Process(herd.pid).children():
            if child.status() == psutil.STATUS_STOPPED:
                child.resume()


def test_pain_06_writers_go_on_and_the_loss_is_counted_when_no_logger_can_be_had(
    make_herd: MakeHerd, tmp_path: Path, stopper: list[Herd]
) -> None:
    herd = make_herd(pool={"instances": 1}, programs=[chatterer(tmp_path)], logs={"max_total": "20M", "echo": False})
    eventually(lambda: count(tmp_path) > 100, 10)
    stopper.append(herd)
    lost = eventually(lambda: metric(herd, "dropped") + 1, 20)
    eventually(lambda: metric(herd, "dropped") > lost + _MEGABYTE, 40)
    stood = count(tmp_path)
    eventually(lambda: count(tmp_path) > stood + 500, 20)
    stopper.clear()
    for pid in herd.pids("logger"):
        os.kill(pid, signal.SIGCONT)
    written = eventually(lambda: metric(herd, "written") + 1, 20)
    eventually(lambda: metric(herd, "written") > written + _MEGABYTE, 20)


def test_each_line_is_found_by_the_job_that_wrote_it_in_both_formats(make_herd: MakeHerd) -> None:
    herd = make_herd(pool={"instances": 1, "concurrency": 4}, logs={"format": "json", "echo": False})
    ids = herd.client.enqueue_many([NewJob("say", {"text": "here I am"}, keep=600) for _ in range(200)])
    herd.client.wait(ids, 20)

    def said() -> list[dict[str, object]]:
        shown = herd.command("logs", "default", "--grep", "here I", "--lines", "1000", "--json").stdout.splitlines()
        return [json.loads(line) for line in shown]

    eventually(lambda: len(said()) == 200, 10)
    lines = said()
    assert {line["job"] for line in lines} == set(ids)
    assert all(line["line"] == f"here I am {line['job']}" for line in lines)
    assert {(line["worker"], line["generation"], line["type"]) for line in lines} == {("default.0", 1, "say")}
    text = herd.command("logs", "default", "--job", ids[7]).stdout
    assert text.endswith(f" default.0 g1 {ids[7]} | here I am {ids[7]}\n")
    assert '"level":"INFO"' in (herd.config.data_dir / "logs" / "supervisor.log").read_text()
    assert "default: " in herd.command("flush", "default").stdout
    assert herd.command("logs", "default").stdout == ""
