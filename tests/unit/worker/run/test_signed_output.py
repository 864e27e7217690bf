import io
from types import SimpleNamespace
from typing import Any

import pytest

from supervisor.logger.signed import signed
from worker.run.context import running
from worker.run.signed_output import SignedStream


@pytest.fixture
def raw() -> io.BytesIO:
    return io.BytesIO()


@pytest.fixture
def stream(raw: io.BytesIO) -> SignedStream:
    return SignedStream(io.TextIOWrapper(raw, "utf-8"))


def in_job(number: int, write: Any) -> None:
    token = running.set((SimpleNamespace(id=f"0-1-{number}", type="nap"), 0))  # type: ignore[arg-type]
    try:
        write()
    finally:
        running.reset(token)


def read(raw: io.BytesIO) -> list[tuple[str, str]]:
    lines = raw.getvalue().split(b"\n")[:-1]
    return [(who[0] if who else "", line.decode()) for who, run in signed(lines) for line in run]


def test_each_line_is_signed_by_the_job_that_wrote_it(raw: io.BytesIO, stream: SignedStream) -> None:
    print("booted", file=stream)
    in_job(1, lambda: print("one\n\nthree", 3, file=stream))
    in_job(2, lambda: print("two", end="", file=stream))
    in_job(2, lambda: print(" halves", file=stream))
    print("idle", file=stream)
    assert read(raw) == [
        ("", "booted"), ("0-1-1", "one"), ("0-1-1", ""), ("0-1-1", "three 3"), ("0-1-2", "two halves"), ("", "idle"),
    ]  # fmt: skip


def test_a_write_is_answered_with_its_own_length(stream: SignedStream) -> None:
    in_job(1, lambda: None)
    counts: list[int] = []
    in_job(1, lambda: counts.append(stream.write("a\nb\n")))
    assert counts == [4]
    assert stream.write("") == 0


def test_lines_that_two_threads_have_mixed_up_show_no_signature(raw: io.BytesIO, stream: SignedStream) -> None:
    in_job(1, lambda: stream.write("a"))
    stream._fresh = True  # as another thread sees it that has just ended a line
    in_job(2, lambda: stream.write("b\n"))
    assert read(raw) == [("0-1-1", "ab")]


def test_the_bytes_below_and_the_first_stream_stay_usable(raw: io.BytesIO, stream: SignedStream) -> None:
    stream.buffer.write(b"bytes\n")
    in_job(1, lambda: stream.writelines(["x\n", "y\n"]))
    assert read(raw) == [("", "bytes"), ("0-1-1", "x"), ("0-1-1", "y")]


def test_what_only_looks_like_a_signature_is_left_alone() -> None:
    line = b"\x1enot one\x1e text"
    assert list(signed([line])) == [(None, [line])]
