"""`reload:` of a pool: how its workers are replaced, whatever the cause."""

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from config import fields as f
from config.section import Section

_PERCENT = re.compile(r"(\d{1,3})\s*%")


def share(value: object) -> int | str:
    """A number of workers, or a part of them like 25%."""
    found = _PERCENT.fullmatch(str(value).strip())
    if found is None:
        if (count := f.whole(value)) < 0:
            raise ValueError(f"expected 0 or more workers, not {count}")
        return count
    if int(found[1]) > 100:  # noqa: PLR2004  per cent
        raise ValueError(f"a part of the workers is at most 100%, not {value}")
    return f"{int(found[1])}%"


Share = Annotated[
    int | str,
    BeforeValidator(share),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^\d{1,3}\s*%$"}]}),
]


class Reload(Section):
    """One budget for every cause of replacement, and what new code has to show."""

    max_surge: Share = Field(1, description="Workers over the wanted number while some are replaced: n or n%")
    max_unavailable: Share = Field(0, description="Workers under the wanted number meanwhile: n or n%")
    canary_jobs: f.Whole = Field(3, ge=0, description="Jobs the first new worker must end well; 0: no canary")
    canary_time: f.Duration = Field(10.0, description="A canary that had no work for so long is accepted")
    boot_timeout: f.Duration = Field(60.0, ge=0.1, description="New code must be imported within it")
    drain_timeout: f.Duration | None = Field(None, description="From TERM to KILL in a reload; default: the pool's")

    @model_validator(mode="after")
    def _can_move(self) -> "Reload":
        if all(str(value).rstrip("% ") in ("0", "00", "000") for value in (self.max_surge, self.max_unavailable)):
            raise ValueError("max_surge and max_unavailable are both 0: no worker could ever be replaced")
        return self

    def surge(self, workers: int) -> int:
        """How many more processes than `workers` there may be; a part is rounded up."""
        extra = _of(self.max_surge, workers, up=True)
        return extra if extra or self.unavailable(workers) else 1  # both round to nothing: replacement first

    def unavailable(self, workers: int) -> int:
        """How many of `workers` may be missing; a part is rounded down."""
        return _of(self.max_unavailable, workers, up=False)


def _of(value: int | str, workers: int, *, up: bool) -> int:
    if isinstance(value, int):
        return value
    return (int(value[:-1]) * workers + (99 if up else 0)) // 100
