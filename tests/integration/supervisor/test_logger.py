"""The logger as a process, with a supervisor of straw at the other end of its socket."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.logger.settings import Settings
from tests.support.architecture import ROOT
from tests.support.processes import eventually
from tests.support.straw import Straw

pytestmark = pytest.mark.process


@pytest.fixture
def straw(tmp_path: Path) -> Iterator[Straw]:
    made = Straw(tmp_path)
    yield made
    made.close()


def test_lines_of_one_pool_go_to_its_file_with_time_and_tag(straw: Straw) -> None:
    pipes = [os.pipe() for _ in range(2)]
    for number, (read_end, write_end) in enumerate(pipes):
        straw.give(f"default.{number}", read_end)
        os.close(read_end)
        os.write(write_end, f"hello from {number}\nunfinished".encode())
    eventually(lambda: straw.text("default").count("hello from") == 2, 5)
    for _, write_end in pipes:
        os.close(write_end)
    eventually(lambda: straw.text("default").count("unfinished") == 2, 5)
    assert " default.1 | hello from 1\n" in straw.text("default")


def test_it_leaves_when_its_socket_and_every_pipe_have_ended_and_not_before(straw: Straw) -> None:
    read_end, write_end = os.pipe()
    straw.give("default.0", read_end)
    os.close(read_end)
    eventually(lambda: os.write(write_end, b"one\n") and "one" in straw.text("default"), 5)
    straw.process.send_signal(signal.SIGTERM)
    straw.end.close()
    os.write(write_end, b"last words\n")
    eventually(lambda: "last words" in straw.text("default"), 5)
    assert straw.process.poll() is None
    os.close(write_end)
    assert straw.process.wait(5) == 0


def test_the_next_logger_reads_on_where_a_killed_one_stopped(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    first = Straw(tmp_path)
    first.give("default.0", read_end)
    eventually(lambda: os.write(write_end, b"before\n") and "before" in first.text("default"), 5)
    first.close()
    os.write(write_end, b"while nobody read\n")
    second = Straw(tmp_path)
    second.give("default.0", read_end)
    eventually(lambda: "while nobody read" in second.text("default"), 5)
    second.close()
    os.close(read_end)
    os.close(write_end)


def test_a_dead_process_ends_its_unfinished_line(straw: Straw) -> None:
    read_end, write_end = os.pipe()
    straw.give("default.0", read_end)
    os.write(write_end, b"half a li")
    straw.end.send(b'{"op": "flush", "tag": "default.0"}')
    eventually(lambda: "half a li\n" in straw.text("default"), 5)
    os.write(write_end, b"the successor's first\n")
    eventually(lambda: "default.0 | the successor's first\n" in straw.text("default"), 5)
    os.close(read_end)
    os.close(write_end)


def test_a_terminal_that_takes_nothing_holds_up_nobody(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    terminal_read, terminal_write = os.pipe()
    straw = Straw(tmp_path, stdout=terminal_write)
    request.addfinalizer(straw.close)
    read_end, write_end = os.pipe()
    straw.give("default.0", read_end)
    line = b"x" * 999 + b"\n"
    for _ in range(3000):
        os.write(write_end, line)
    os.write(write_end, b"the end\n")
    eventually(lambda: "the end" in straw.text("default"), 10)
    for fd in (terminal_read, terminal_write, read_end, write_end):
        os.close(fd)


def test_files_are_rotated_and_the_total_is_kept(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    straw = Straw(tmp_path, Settings(max_size=10_000, max_total=50_000))
    request.addfinalizer(straw.close)
    read_end, write_end = os.pipe()
    straw.give("default.0", read_end)
    for number in range(5000):
        os.write(write_end, f"line {number:05} {'x' * 50}\n".encode())
    eventually(lambda: "line 04999" in straw.text("default"), 10)
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    assert len(sizes) > 2
    assert max(sizes) <= 10_000
    assert sum(sizes) <= 50_000
    os.close(read_end)
    os.close(write_end)


def test_by_hand_it_says_how_it_is_meant(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "HERDSMAN_LOGGER_FD"}
    options = ["--dir", str(tmp_path), "--deaths", str(tmp_path / "deaths")]
    run = subprocess.run(
        [sys.executable, "-m", "supervisor.logger", *options],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=10,
    )  # fmt: skip
    assert run.returncode == 2
    assert "started by the supervisor" in run.stderr
