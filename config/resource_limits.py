"""`limits:` of a program: what the kernel lets one of its processes use."""

import resource
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from config import units
from config.fields import whole
from config.section import Section
from config.units import shown

SoftHard = tuple[int, int]
_UNLIMITED = frozenset({"unlimited", "infinity"})


def amount(value: object) -> SoftHard:
    """Answer a soft and a hard limit from `1024`, `2G`, `unlimited`, or `1024:4096`.

    Raises:
        ValueError: it is none of these, or the soft one is above the hard one.
    """
    parts = value.split(":") if isinstance(value, str) else [value]
    try:
        soft, hard = (_one(parts[0]), _one(parts[-1])) if len(parts) <= 2 else (0, -2)  # noqa: PLR2004  soft:hard
    except ValueError:
        soft, hard = 0, -2
    if hard == -2:  # noqa: PLR2004  not a limit; -1 is RLIM_INFINITY
        raise ValueError(f"expected a limit like 1024, 2G, unlimited, or soft:hard like 1024:4096, got {shown(value)}")
    if hard != resource.RLIM_INFINITY and (soft > hard or soft == resource.RLIM_INFINITY):
        raise ValueError(f"the soft limit must not be above the hard one, got {shown(value)}")
    return soft, hard


def _one(value: object) -> int:
    if isinstance(value, str) and value.strip().lower() in _UNLIMITED:
        return resource.RLIM_INFINITY
    try:
        return units.size(value)
    except ValueError:
        return whole(value) if value == "0" else _refused()


def _refused() -> int:
    raise ValueError


Amount = Annotated[
    SoftHard,
    BeforeValidator(amount),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string"}], "examples": ["1024:4096"]}),
]


class ResourceLimits(Section):
    """One number is the soft and the hard limit; `soft:hard` gives both."""

    address_space: Amount | None = Field(None, alias="as", description="Bytes of address space")
    core: Amount | None = Field(None, description="Bytes of a core file; 0: none is written")
    cpu: Amount | None = Field(None, description="Seconds of CPU time; then SIGXCPU, at the hard limit SIGKILL")
    data: Amount | None = Field(None, description="Bytes of data segment")
    fsize: Amount | None = Field(None, description="Bytes of the largest file it may write")
    memlock: Amount | None = Field(None, description="Bytes it may lock in memory")
    nofile: Amount | None = Field(None, description="Open files")
    nproc: Amount | None = Field(None, description="Processes of its user; the kernel does not count root's")
    stack: Amount | None = Field(None, description="Bytes of stack")

    def given(self) -> tuple[tuple[str, int, int], ...]:
        """Answer name, soft and hard limit of each that the file gives; -1 is without limit."""
        named = (("as" if name == "address_space" else name, value) for name, value in self)
        return tuple((name, *value) for name, value in named if value is not None)
