"""Making, inheriting and refusing boards."""

import os
import subprocess
import sys
import tempfile

import pytest

from scoreboard import FD_VARIABLE, LAYOUT_VERSION, Board, LayoutError
from scoreboard.layout import MAX_SLOTS, Head

CHILD = f"""
import os
from scoreboard import Board
board = Board.attach(int(os.environ["{FD_VARIABLE}"]))
record = board.worker(2)
record.begin(os.getpid(), 2**64 - 1, 3)
record.claim([(1, 2, 3, 4)], 5)
"""


@pytest.mark.process
def test_a_child_that_inherits_the_descriptor_writes_to_the_same_board(board):
    environ = {**os.environ, FD_VARIABLE: str(board.fd)}
    child = subprocess.Popen([sys.executable, "-c", CHILD], pass_fds=[board.fd], env=environ)
    assert child.wait(timeout=30) == 0
    seen = board.worker(2).snapshot()
    assert (seen.pid, seen.incarnation, seen.generation) == (child.pid, 2**64 - 1, 3)
    assert seen.entries[0][:4] == (1, 2, 3, 4)


def test_a_board_takes_memory_only_for_what_is_written():
    with Board.create(1000, pools=100) as board:
        assert os.fstat(board.fd).st_size > 100_000_000
        board.worker(999).begin(1, 1, 1)
        board.series(0).row("q", "t").add(completed=1)
        assert os.fstat(board.fd).st_blocks * 512 < 64 * 1024


def test_the_descriptor_is_inheritable_and_nobody_can_shrink_the_board(board):
    assert os.get_inheritable(board.fd)
    with pytest.raises(PermissionError):
        os.ftruncate(board.fd, 4096)


@pytest.mark.parametrize(("slots", "pools"), [(0, 1), (MAX_SLOTS + 1, 1), (1, 0), (1, 1000), (-1, 1)])
def test_impossible_sizes_are_refused(slots, pools):
    with pytest.raises(ValueError, match=str(MAX_SLOTS)):
        Board.create(slots, pools)


def test_records_outside_the_board_are_refused(board):
    for ask in (board.worker, board.keeper, board.seat, board.series, board.pool, board.figures):
        for number in (-1, board.slots):
            with pytest.raises(IndexError, match=str(number)):
                ask(number)


def test_records_never_overlap():
    with Board.create(3, pools=2) as board:
        parts = [
            *(
                part(slot)._words
                for slot in range(3)
                for part in (board.worker, board.keeper, board.seat, board.series)
            ),
            *(part(number)._words for number in range(2) for part in (board.pool, board.figures)),
            board.logger()._words,
        ]
        for number, words in enumerate(parts, 1):
            words[0] = words[-1] = number
        assert [words[0] for words in parts] == list(range(1, len(parts) + 1))
        assert [words[-1] for words in parts] == list(range(1, len(parts) + 1))
        Board.attach(os.dup(board.fd)).close()  # the head is as it was


@pytest.mark.parametrize(
    ("word", "value", "message"),
    [
        (Head.MAGIC, 1, "no scoreboard"),
        (Head.VERSION, LAYOUT_VERSION + 1, f"layout version {LAYOUT_VERSION + 1}"),
        (Head.SLOTS, 0, "damaged"),
        (Head.SLOTS, 99, "damaged"),
        (Head.POOLS, 2**40, "damaged"),
        (Head.BYTES, 5, "damaged"),
    ],
)
def test_a_foreign_board_is_refused_with_the_reason(word, value, message):
    with Board.create(2) as board:
        board._words[word] = value
        with pytest.raises(LayoutError, match=message):
            Board.attach(board.fd)


def test_what_is_no_board_is_refused_with_the_reason():
    reader, writer = os.pipe()
    with tempfile.TemporaryFile() as short, tempfile.TemporaryFile() as other:
        other.write(b"x" * 8192)
        other.flush()
        for fd in (short.fileno(), other.fileno(), reader):
            with pytest.raises(LayoutError, match=FD_VARIABLE):
                Board.attach(fd)
    os.close(reader)
    os.close(writer)
    with pytest.raises(LayoutError, match=f"descriptor {writer} cannot be read"):
        Board.attach(writer)


def test_a_board_opened_for_reading_only_is_read(board):
    board.seat(1).pid = 44
    with Board.attach(os.open(f"/proc/self/fd/{board.fd}", os.O_RDONLY)) as copy:
        assert copy.seat(1).pid == 44
        with pytest.raises(TypeError):
            copy.seat(1).pid = 45


def test_closing_twice_is_harmless_and_records_in_use_stay_readable():
    board = Board.create(1)
    seat = board.seat(0)
    seat.pid = 7
    board.close()
    board.close()
    assert seat.pid == 7
