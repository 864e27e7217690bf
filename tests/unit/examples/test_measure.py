"""What codestats counts in a file."""

import ast
import hashlib
import textwrap
from pathlib import Path

import pytest

from examples.codestats.measure import deepest, measure


def test_everything_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("import os, sys\nfrom re import sub\nclass A:\n    def f(self):\n        return lambda: 1\n")
    found = measure(str(path))
    assert found[:5] == (5, 2, 1, 2, 2)
    assert found.checksum == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("source", "depth"),
    [
        ("", 0),
        ("x = 1", 0),
        ("if a:\n  pass\nelif b:\n  pass\nelif c:\n  pass", 1),
        ("if a:\n  pass\nelse:\n  if b:\n    pass", 2),
        ("if a:\n  pass\nelif b:\n  for c in d:\n    with e:\n      pass", 3),
        ("match a:\n  case 1:\n    while True:\n      try:\n        pass\n      finally:\n        pass", 3),
    ],
)
def test_nesting_counts_blocks_in_blocks(source: str, depth: int) -> None:
    assert deepest(ast.parse(textwrap.dedent(source))) == depth


def test_a_last_line_without_an_end_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    for text, lines in (("", 0), ("a", 1), ("a\n", 1), ("a\nb", 2)):
        path.write_text(text)
        assert measure(str(path)).lines == lines


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"def", SyntaxError),
        (b"# coding: no-such-coding\n", SyntaxError),
        (b"\xff = 1\n", SyntaxError),
        (b"# coding: ascii\nx = '\xe4'\n", UnicodeDecodeError),
    ],
)
def test_a_file_that_does_not_parse_raises_what_python_says(
    tmp_path: Path, content: bytes, error: type[Exception]
) -> None:
    path = tmp_path / "bad.py"
    path.write_bytes(content)
    with pytest.raises(error):
        measure(str(path))
