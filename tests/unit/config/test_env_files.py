import os

import pytest

from config import ConfigError
from config.env_files import EnvFile, parse, read

GOOD = r"""
# a comment
PLAIN=one two   # said about it
export EXPORTED=yes
EMPTY=
HASH=a#b
SINGLE='as it stands \n # "$HOME"'
DOUBLE="a\tb \"c\" \$x \\ # no comment"   # one
LINES="first
second"
  INDENTED = spaced
DOTTED.NAME=1
PLAIN=the last counts
"""


def test_a_file_of_all_forms_is_read():
    assert parse(GOOD, "x") == {
        "PLAIN": "the last counts", "EXPORTED": "yes", "EMPTY": "", "HASH": "a#b",
        "SINGLE": r'as it stands \n # "$HOME"', "DOUBLE": 'a\tb "c" $x \\ # no comment',
        "LINES": "first\nsecond", "INDENTED": "spaced", "DOTTED.NAME": "1",
    }  # fmt: skip


def test_every_wrong_line_is_told_with_its_place_and_no_value():
    with pytest.raises(ConfigError) as caught:
        parse("A=1\nno equals secret\n9X=secret\nB='secret\n=secret\n", ".env")
    assert [str(problem).split(": expected")[0] for problem in caught.value.problems] == [
        ".env:2:1", ".env:3:1", ".env:4:1", ".env:5:1",
    ]  # fmt: skip
    assert "secret" not in str(caught.value)


def test_one_that_is_not_there_is_an_error_unless_it_is_optional(tmp_path):
    with pytest.raises(FileNotFoundError):
        read(EnvFile(path=tmp_path / ".env"))
    assert read(EnvFile(path=tmp_path / ".env", optional=True)) == {}


def test_windows_line_ends_and_a_mark_of_the_encoding_do_no_harm(tmp_path):
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfA=1\r\nB='x'\r\n")
    assert read(EnvFile(path=tmp_path / ".env")) == {"A": "1", "B": "x"}


def test_a_pipe_or_a_folder_makes_nobody_wait(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for name in ("fifo", "."):
        with pytest.raises((ConfigError, IsADirectoryError)):
            read(EnvFile(path=tmp_path / name))
