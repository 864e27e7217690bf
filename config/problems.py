"""What is wrong with a config file, and where."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

Path = tuple[str | int, ...]
"""The way to a value from the top of the file: mapping keys and list indexes."""


def dotted(path: Path) -> str:
    """A path as people write it: `("pools", 0, "tasks")` is `pools[0].tasks`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place: a file with a line and a column (both from 1), or a whole source (0, 0) such as a variable."""

    source: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}" if self.line else self.source


def _nowhere(_path: Path) -> Mark:
    return Mark("config.yaml")


@dataclass(frozen=True, slots=True)
class Marks:
    """Where the values of a file stand. All are equal: two files that say the same are the same, however laid out."""

    nearest: Callable[[Path], Mark] = field(default=_nowhere, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, at which key (empty: the whole file), what, and perhaps a hint."""

    mark: Mark
    path: Path
    message: str
    hint: str = ""

    def __str__(self) -> str:
        key = f"{dotted(self.path)}: " if self.path else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.mark}: {key}{self.message}{hint}"


class ConfigError(Exception):
    """The config cannot be used. `problems` has every reason; as text it is one line each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))
