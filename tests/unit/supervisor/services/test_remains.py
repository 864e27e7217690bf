import pytest

from supervisor.services.remains import Stat, place_of


def test_a_name_with_brackets_and_spaces_does_not_upset_the_reading():
    assert place_of(b"12 (a) R 1) b) S 7 12 3 0 -1 4194560") == Stat("S", 7, 12, 3)


@pytest.mark.parametrize("line", [b"", b"12 (x)", b"12 (x) S 1", b"12 (x) S a b c"])
def test_what_is_no_such_line_is_nobody(line):
    assert place_of(line) is None
