"""The logger when disk, terminal or writers misbehave: nobody waits, and what is lost is counted."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from scoreboard import Board
from supervisor.logger.settings import Settings, Stream
from tests.support.processes import eventually
from tests.support.straw import Straw

pytestmark = pytest.mark.process

_MEGABYTE = 1 << 20


@pytest.fixture
def board() -> Iterator[Board]:
    with Board.create(2) as made:
        yield made


class Pipe:
    """A writer's end, and a read end that one logger after the other is given."""

    def __init__(self) -> None:
        self.read_end, self.write_end = os.pipe()

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self.write_end, view) :]


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    made = Pipe()
    yield made
    os.close(made.read_end)
    os.close(made.write_end)


def test_lines_of_a_worker_say_its_generation_and_the_job_it_runs(
    tmp_path: Path, board: Board, pipe: Pipe, request: pytest.FixtureRequest
) -> None:
    straw = Straw(tmp_path, Settings(format="json", every=Stream(per_worker=True)), board=board)
    request.addfinalizer(straw.close)
    worker = board.worker(1)
    worker.begin(os.getpid(), 1, generation=7)
    worker.claim([(0, 1769860800000, 0, 1), (0, 1769860800000, 1, 2)], 1)
    straw.give("default.0", pipe.read_end, slot=1)

    def said(line: str) -> dict[str, object]:
        pipe.write(f"{line}\n".encode())
        texts = eventually(lambda: [text for text in straw.text("default.0").splitlines() if f'"{line}"' in text], 5)
        found: dict[str, object] = json.loads(texts[0])
        return {key: found.get(key) for key in ("worker", "generation", "job", "type")}

    assert said("idle") == {"worker": "default.0", "generation": 7, "job": None, "type": None}
    worker.set_task("nap")
    worker.start(1, 2, 0)
    assert said("one") == {"worker": "default.0", "generation": 7, "job": "0-1769860800000-1", "type": "nap"}
    worker.start(0, 3, 0)
    assert said("two at once")["job"] is None
    assert straw.text("default") == straw.text("default.0")


def test_a_full_disk_stalls_nobody_and_the_file_says_what_it_lacks(
    tmp_path: Path, board: Board, pipe: Pipe, request: pytest.FixtureRequest
) -> None:
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    straw = Straw(tmp_path, board=board, limit=full)
    request.addfinalizer(straw.close)
    straw.give("default.0", pipe.read_end)
    pipe.write((b"x" * 999 + b"\n") * 1000)  # ten times as much as fits
    eventually(lambda: board.logger().dropped_bytes > 900_000, 10)
    log = tmp_path / "default.log"
    assert log.stat().st_size <= 100_000
    assert log.read_bytes().endswith(b"\n")
    os.truncate(log, 0)
    pipe.write(b"there is room again\n")
    eventually(lambda: "there is room again" in straw.text("default"), 5)
    assert "bytes were dropped here" in straw.text("default")
    assert all(" | " in line for line in straw.text("default").splitlines())


def test_a_folder_that_cannot_be_used_stalls_nobody(
    tmp_path: Path, board: Board, pipe: Pipe, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "a file").touch()
    straw = Straw(tmp_path / "a file" / "logs", board=board)
    request.addfinalizer(straw.close)
    straw.give("default.0", pipe.read_end)
    pipe.write((b"x" * 999 + b"\n") * 1000)
    eventually(lambda: board.logger().dropped_bytes > 1_000_000, 10)
    assert straw.process.poll() is None


def test_a_terminal_that_is_stopped_holds_up_nobody_and_shows_the_rest_later(
    tmp_path: Path, pipe: Pipe, request: pytest.FixtureRequest
) -> None:
    master, terminal = os.openpty()
    straw = Straw(tmp_path, stdout=terminal)
    request.addfinalizer(straw.close)
    straw.give("default.0", pipe.read_end)
    termios.tcflow(terminal, termios.TCOOFF)  # as Ctrl-S does
    pipe.write((b"x" * 999 + b"\n") * 3000 + b"the end\n")
    eventually(lambda: "the end" in straw.text("default"), 10)
    termios.tcflow(terminal, termios.TCOON)
    os.set_blocking(master, False)
    shown = bytearray()

    def tail() -> bool:
        with contextlib.suppress(BlockingIOError):
            while data := os.read(master, 65536):
                shown.extend(data)
        pipe.write(b"again\n")
        return b"bytes were not shown" in shown and b"again" in shown

    eventually(tail, 20)
    for fd in (master, terminal):
        os.close(fd)


def test_a_line_without_end_costs_no_memory(tmp_path: Path, pipe: Pipe, request: pytest.FixtureRequest) -> None:
    straw = Straw(tmp_path, Settings(max_total=4 * _MEGABYTE, max_size=_MEGABYTE, every=Stream(echo=False)))
    request.addfinalizer(straw.close)
    straw.give("default.0", pipe.read_end)
    eventually(lambda: pipe.write(b"a\n") or straw.text("default"), 10)
    before = psutil.Process(straw.process.pid).memory_info().rss
    block = b"\xff" * _MEGABYTE
    for _ in range(200):
        pipe.write(block)
    # While the disk is behind, lines are dropped, this one too.
    eventually(lambda: pipe.write(b"\nthe end\n") or "the end" in straw.text("default"), 30)
    assert psutil.Process(straw.process.pid).memory_info().rss - before < 80 * _MEGABYTE
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 4 * _MEGABYTE


@pytest.mark.parametrize("form", ["text", "json"])
def test_binary_garbage_is_logged_and_the_next_line_is_whole(
    form: str, tmp_path: Path, pipe: Pipe, request: pytest.FixtureRequest
) -> None:
    straw = Straw(tmp_path, Settings(format=form))
    request.addfinalizer(straw.close)
    straw.give("default.0", pipe.read_end)
    pipe.write(os.urandom(200_000) + b'\n{"half": \nthe end\n')
    eventually(lambda: "the end" in straw.text("default"), 10)
    if form == "json":
        assert all(json.loads(line)["worker"] == "default.0" for line in straw.text("default").split("\n")[:-1])


def test_rotated_files_are_compressed_and_no_line_is_lost(
    tmp_path: Path, board: Board, pipe: Pipe, request: pytest.FixtureRequest
) -> None:
    straw = Straw(tmp_path, Settings(max_size=_MEGABYTE, every=Stream(echo=False)), board=board)
    request.addfinalizer(straw.close)
    straw.give("default.0", pipe.read_end)
    for start in range(0, 60_000, 1000):
        pipe.write(b"".join(b"line %05d %s\n" % (number, b"x" * 80) for number in range(start, start + 1000)))
    eventually(lambda: board.logger().lines == 60_000, 20)
    eventually(lambda: len(list(tmp_path.glob("*.gz"))) >= 5 and not list(tmp_path.glob("*.log.*[0-9]")), 20)
    assert board.logger().dropped_bytes == 0
    listed = subprocess.run(["zgrep", "-hc", " line ", *map(str, sorted(tmp_path.iterdir()))],
                            capture_output=True, text=True, check=False)  # fmt: skip
    assert sum(int(count) for count in listed.stdout.split()) == 60_000


def test_what_a_killed_logger_had_in_hand_is_counted_by_the_next(
    tmp_path: Path, board: Board, pipe: Pipe, request: pytest.FixtureRequest
) -> None:
    board.logger().add(taken=1000, written=600, dropped=100)
    straw = Straw(tmp_path, board=board)
    request.addfinalizer(straw.close)
    eventually(lambda: "300 bytes were in the hands of the logger before" in straw.text("supervisor"), 5)
    assert board.logger().dropped_bytes == 400
    record = board.logger()
    eventually(lambda: record.taken_bytes == record.written_bytes + record.dropped_bytes, 5)


def test_told_to_leave_it_writes_what_it_has_and_leaves_the_pipes_to_the_next(tmp_path: Path, pipe: Pipe) -> None:
    first = Straw(tmp_path)
    first.give("default.0", pipe.read_end)
    eventually(lambda: pipe.write(b"before\n") or "before" in first.text("default"), 5)
    pipe.write(b"last\n")
    first.end.send(b'{"op": "leave"}')
    assert first.process.wait(10) == 0
    pipe.write(b"meanwhile\n")
    second = Straw(tmp_path, Settings(format="json"))
    second.give("default.0", pipe.read_end)
    eventually(lambda: '"meanwhile"' in second.text("default"), 5)
    assert "last" in second.text("default")
    first.close()
    second.close()


def test_a_stopped_logger_shows_no_beat(tmp_path: Path, board: Board, request: pytest.FixtureRequest) -> None:
    straw = Straw(tmp_path, board=board)
    request.addfinalizer(straw.close)
    record = board.logger()
    seen = eventually(lambda: record.beat_ns, 5)
    eventually(lambda: record.beat_ns != seen, 5)
    straw.process.send_signal(signal.SIGSTOP)
    eventually(lambda: psutil.Process(straw.process.pid).status() == psutil.STATUS_STOPPED, 5)
    assert record.beat_ns == record.beat_ns
