"""`pools: autoscale:` in the config file: how many workers a pool has is decided by its queues."""

from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from config import fields as f
from config.section import Section
from config.units import shown

_MOST_PERCENT = 100


def share(value: object) -> float:
    """Part of a whole, 0 to 1, from a percentage."""
    text = str(value).strip()
    if text.endswith("%"):
        percent = f.number(text.removesuffix("%").strip())
        if 0 <= percent <= _MOST_PERCENT:
            return percent / _MOST_PERCENT
    raise ValueError(f"expected a percentage from 0% to 100%, got {shown(value)}")


def ceiling(value: object) -> float:
    """A share of all memory (0 to 1) from a percentage, or bytes from a size; 0 for none."""
    if isinstance(value, float) and 0 <= value <= 1:
        return value
    if isinstance(value, str) and value.strip().endswith("%"):
        return share(value)
    return float(f.cap(value))


_PERCENT: dict[str, Any] = {"type": "string", "pattern": r"^\s*\d+(\.\d+)?\s*%\s*$", "examples": ["90%"]}
_SIZE: dict[str, Any] = {"anyOf": [_PERCENT, {"type": "integer", "minimum": 0}, {"type": "string"}]}
Share = Annotated[
    float, BeforeValidator(lambda value: value if isinstance(value, float) else share(value)), WithJsonSchema(_PERCENT)
]
Ceiling = Annotated[float, BeforeValidator(ceiling), WithJsonSchema(_SIZE)]


class Autoscale(Section):
    """How the number of workers follows the queues (docs/autoscale.md)."""

    min: f.Whole = Field(1, ge=0, le=f.MOST_INSTANCES, description="Never fewer workers")
    max: f.Instances = Field(description="Never more workers: n, max (one a CPU), or -n (CPUs less n)")
    target_wait: f.Duration | None = Field(
        None, gt=0.0, description="Jobs should start within; default: the least wait_target of the queues, or 5s"
    )
    jobs_per_worker: f.Whole = Field(0, ge=0, description="So many waiting jobs are a worker's worth; 0: only by time")
    step_up: f.Whole = Field(0, ge=0, description="Workers added at once at most; 0: as many as there are")
    step_down: f.Whole = Field(1, ge=1, description="Workers taken away at once at most")
    up_cooldown: f.Duration = Field(5.0, ge=0.5, description="Between any change and more workers")
    down_cooldown: f.Duration = Field(60.0, ge=1.0, description="Idle for so long before fewer workers")
    max_memory: Ceiling = Field(
        0.8, description="No more workers above it: a share of the memory there is, or a size; 0: no ceiling"
    )
    max_cpu: Share = Field(0.95, description="No more workers while so much of the CPUs is in use; 0%: no ceiling")

    @model_validator(mode="after")
    def _min_within_max(self) -> Self:
        if self.min > self.max:
            raise ValueError(f"min is {self.min} and max {self.max}: min must not be above max")
        return self
