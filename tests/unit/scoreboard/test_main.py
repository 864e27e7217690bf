"""`python -m scoreboard`: finds a live board through its holder and prints it."""

import json
import os
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from config.places import Places
from scoreboard import LAYOUT_VERSION, Board, Cause, Intent, SeatState, decide
from scoreboard.__main__ import main
from scoreboard.find import PID_FILE, NotFoundError, open_board
from scoreboard.layout import Head
from scoreboard.report import collect
from scoreboard.show import show

WAITS = "import sys; sys.stdin.read()"

pytestmark = pytest.mark.process


@pytest.fixture
def hold():
    """Start a process that holds this board and nothing else, and give its pid; it goes with the test."""
    holders = []

    def start(board: Board | None) -> str:
        fds = [] if board is None else [board.fd]
        holders.append(subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE, pass_fds=fds))
        return str(holders[-1].pid)

    yield start
    for holder in holders:
        holder.communicate()


@pytest.fixture
def herd():
    with Board.create(4) as board:
        board.pool(0).name = "default"
        board.pool(0).desired = 2
        board.figures(0).publish({"default": {"pending": 4}})
        board.seat(3).assign(0, 1)
        board.seat(3).enter(SeatState.RUNNING, 1)
        board.seat(3).record_death(decide(None, 9, Intent.NONE, Cause.NONE, oom=True))
        board.seat(3).pid = 77
        record = board.worker(3)
        record.begin(77, 255, 1, now_ns=1)
        record.set_task("uppercase")
        record.claim([(0, 5, seq, 1) for seq in range(25)], 1)
        record.start(0, 10**9, 3 * 10**9)
        yield board


def test_the_board_is_printed_for_people(herd, hold, capsys):
    assert main(["--pid", hold(herd)]) == 0
    text = capsys.readouterr().out
    for part in ("pool default: 2 wanted", "1 started 24 claimed", "uppercase", "last death: OOM", "0-5-0 started"):
        assert part in text


def test_the_board_is_printed_as_json(herd, hold, capsys):
    assert main(["--pid", hold(herd), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    [seat] = report["seats"]
    assert (seat["slot"], seat["pool"], seat["worker"]["incarnation"]) == (3, "default", "ff")
    assert seat["worker"]["entries"][0]["id"] == "0-5-0"
    assert report["pools"][0]["figures"] == {"default": {"pending": 4}}
    assert report["layout_version"] == LAYOUT_VERSION


def test_the_holder_is_found_by_the_pid_file_of_a_data_dir(herd, hold, capsys, tmp_path):
    (tmp_path / PID_FILE).parent.mkdir()
    (tmp_path / PID_FILE).write_text(f"{hold(herd)}\n")
    assert main(["--data-dir", str(tmp_path)]) == 0
    assert "default" in capsys.readouterr().out


def test_the_pid_file_is_where_the_supervisor_writes_it(tmp_path):
    assert tmp_path / PID_FILE == Places(tmp_path).supervisor_pid


@pytest.mark.parametrize(
    ("arguments", "message"), [(["--pid", "4194305"], "no process"), (["--data-dir", "/nowhere"], "not running")]
)
def test_where_nothing_runs_it_says_so_and_exits_with_3(arguments, message, capsys):
    assert main(arguments) == 3
    assert message in capsys.readouterr().err


def test_a_process_without_a_board_is_told_and_exits_with_3(hold, capsys):
    assert main(["--pid", hold(None)]) == 3
    assert "holds no scoreboard" in capsys.readouterr().err


def test_a_pid_file_without_a_pid_is_no_stack_trace(tmp_path, capsys):
    (tmp_path / PID_FILE).parent.mkdir()
    (tmp_path / PID_FILE).write_bytes(b"\xff?")
    assert main(["--data-dir", str(tmp_path)]) == 3
    assert "no pid" in capsys.readouterr().err


def test_a_board_of_another_version_is_told_and_exits_with_1(herd, hold, capsys):
    herd._words[Head.VERSION] = LAYOUT_VERSION + 1
    assert main(["--pid", hold(herd)]) == 1
    assert "layout version" in capsys.readouterr().err


def test_another_users_process_is_told(tmp_path, monkeypatch):
    def refuse(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr(Path, "iterdir", refuse)
    with pytest.raises(NotFoundError, match="another user"):
        open_board(1, tmp_path)


def test_a_board_of_garbage_is_printed(herd):
    noise = array("Q", os.urandom(128))
    for part in (herd.seat(3), herd.keeper(3)):
        part._words[:] = noise
    herd.worker(3)._words[:] = array("Q", os.urandom(16384))
    herd.series(3)._words[:] = array("Q", os.urandom(len(herd.series(3)._words) * 8))
    herd.pool(0)._words[:] = array("Q", os.urandom(256))
    herd.seat(3)._words[2] = 2  # in use
    assert show(collect(herd, 10**9))


def test_the_command_runs_by_its_name(herd, hold):
    command = [sys.executable, "-m", "scoreboard", "--json", "--pid"]
    done = subprocess.run([*command, hold(herd)], capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["slots"] == 4
    assert subprocess.run([*command, "x"], capture_output=True, timeout=30, check=False).returncode == 2
