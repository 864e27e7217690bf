"""Adding up the measures of many files, in whatever order they come."""

from dataclasses import dataclass, field

from examples.codestats.measure import Measures

_CHECKSUM_BITS = 256


@dataclass
class Totals:
    """The sums so far, and the files that could not be measured: name -> (error's type, message)."""

    files: int = 0
    lines: int = 0
    functions: int = 0
    classes: int = 0
    imports: int = 0
    nesting: int = 0
    checksum: int = 0
    dead: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, measures: Measures) -> None:
        """Add one file's measures."""
        self.files += 1
        self.lines += measures.lines
        self.functions += measures.functions
        self.classes += measures.classes
        self.imports += measures.imports
        self.nesting = max(self.nesting, measures.nesting)
        # A sum does not depend on the order, and unlike XOR it does not cancel equal files in pairs.
        self.checksum = (self.checksum + int(measures.checksum, 16)) % (1 << _CHECKSUM_BITS)

    def bury(self, name: str, error: str, message: str) -> None:
        """Note a file that could not be measured."""
        self.dead[name] = (error, message)

    @property
    def seen(self) -> int:
        """How many files are accounted for."""
        return self.files + len(self.dead)

    def report(self) -> str:
        """All of it as text; equal totals give equal text."""
        rows = [
            f"files          {self.files}",
            f"lines          {self.lines}",
            f"functions      {self.functions}",
            f"classes        {self.classes}",
            f"imports        {self.imports}",
            f"nesting        {self.nesting}",
            f"checksum       {self.checksum:064x}",
            f"dead letters   {len(self.dead)}",
        ]
        rows += [f"  {name}: {error}: {message}" for name, (error, message) in sorted(self.dead.items())]
        return "\n".join(rows)
