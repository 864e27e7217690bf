"""Packages as if they were not installed, for processes that a test starts."""

from pathlib import Path

_FINDER = """
import sys


class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.startswith({names!r}):
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)


sys.meta_path.insert(0, Absent())
"""


def without(folder: Path, *names: str) -> str:
    """A folder for PYTHONPATH: whoever has it cannot import modules whose names begin so."""
    (folder / "sitecustomize.py").write_text(_FINDER.format(names=names))
    return str(folder)
