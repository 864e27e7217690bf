from hypothesis import given
from hypothesis import strategies as st

from supervisor.logger.lines import LINE_LIMIT, Framer, tagged
from supervisor.logger.stamp import stamp

STAMP = "2026-01-31T12:00:00.123Z"


@given(st.lists(st.binary(max_size=20).map(lambda data: data.replace(b"\0", b"\n")), max_size=20))
def test_however_the_bytes_are_cut_the_lines_come_out_whole(reads: list[bytes]) -> None:
    framer = Framer()
    lines = [line for data in reads for line in framer.feed(data)] + framer.flush()
    *whole, rest = b"".join(reads).split(b"\n")
    assert lines == whole + ([rest] if rest else [])


def test_an_overlong_line_comes_in_pieces() -> None:
    framer = Framer()
    pieces = framer.feed(b"x" * (2 * LINE_LIMIT + 5)) + framer.feed(b"\nshort\n")
    assert [len(piece) for piece in pieces] == [LINE_LIMIT, LINE_LIMIT, 5, 5]
    assert framer.flush() == []


def test_a_line_gets_time_and_tag() -> None:
    assert tagged([b"hello", b""], "default.3", STAMP) == (
        f"{STAMP} default.3 | hello\n{STAMP} default.3 | \n".encode()
    )


def test_a_line_with_a_time_of_its_own_keeps_that_one() -> None:
    own = b"2026-01-31T11:59:59.999Z INFO    supervisor: hello"
    assert tagged([own], "supervisor", STAMP) == b"2026-01-31T11:59:59.999Z supervisor | INFO    supervisor: hello\n"


def test_the_stamp_is_utc_with_milliseconds() -> None:
    assert stamp(0.25) == "1970-01-01T00:00:00.250Z"
