import os
import threading
from pathlib import Path

from supervisor.logger.buffer import BoundedBuffer
from supervisor.logger.files import Limits, LogFolder
from supervisor.logger.formats import as_text
from supervisor.logger.tally import NoTally
from supervisor.logger.writer import Echo, Writer


class Counts(NoTally):
    def __init__(self) -> None:
        self.written = self.lost = 0

    def wrote(self, size: int, lines: int) -> None:  # noqa: ARG002  the protocol's
        self.written += size

    def dropped(self, size: int) -> None:
        self.lost += size


def test_what_does_not_fit_is_dropped_counted_and_told() -> None:
    buffer = BoundedBuffer(10)
    assert buffer.put("a", b"12345678")
    assert not buffer.put("a", b"123")
    assert not buffer.put("b", b"1234567")
    assert buffer.take() == ([("a", b"12345678")], {"a": 3, "b": 7})
    assert buffer.put("b", b"1")
    assert buffer.take() == ([("b", b"1")], {})


def test_a_closed_buffer_is_emptied_first() -> None:
    buffer = BoundedBuffer(10)
    buffer.put("a", b"1")
    buffer.close()
    assert not buffer.put("a", b"2")
    assert buffer.take() == ([("a", b"1")], {"a": 1})
    assert buffer.take() is None


def test_a_waiting_taker_is_woken_by_a_poke_with_nothing() -> None:
    buffer = BoundedBuffer(10)
    took: list[object] = []
    thread = threading.Thread(target=lambda: took.append(buffer.take()))
    thread.start()
    buffer.poke()
    thread.join(5)
    assert took == [([], {})]


def test_the_file_says_what_it_lacks(tmp_path: Path) -> None:
    buffer, counts = BoundedBuffer(20), Counts()
    buffer.put("default", b"first line kept\n")
    buffer.put("default", b"this one does not fit\n")
    writer = Writer(buffer, LogFolder(tmp_path, Limits(1000, 10_000)), counts, as_text)
    writer.start()
    buffer.close()
    writer.join(5)
    text = (tmp_path / "default.log").read_text()
    assert "first line kept" in text
    assert "22 bytes were dropped here" in text
    assert counts.written == len(text)


def test_a_disk_that_refuses_costs_the_chunk_and_not_the_thread(tmp_path: Path) -> None:
    class Full(LogFolder):
        room = 5

        def append(self, name: str, data: bytes) -> int:
            room, self.room = self.room, 1000
            return super().append(name, data[:room])

    buffer, counts = BoundedBuffer(1000), Counts()
    writer = Writer(buffer, Full(tmp_path, Limits(1000, 10_000)), counts, as_text)
    buffer.put("default", b"fits\nlost\n")
    turns = [buffer.take()]
    for chunks, _ in (turn for turn in turns if turn):
        for name, data in chunks:
            writer._write(name, data)
    writer._write("default", b"kept\n")
    assert counts.lost == len(b"lost\n")
    assert "5 bytes were dropped here" in (tmp_path / "default.log").read_text()
    assert "fits\n" in (tmp_path / "default.log").read_text()


def test_a_terminal_that_is_gone_ends_the_echo_and_nothing_else() -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    buffer = BoundedBuffer(100)
    echo = Echo(buffer, as_text, write_end)
    echo.start()
    buffer.put("a", b"hello\n")
    echo.join(5)
    assert not echo.is_alive()
    os.close(write_end)


def test_nobody_rests_once_it_is_closed() -> None:
    buffer = BoundedBuffer(100)
    buffer.close()
    buffer.rest(3600.0)
