"""What ``@task`` says of jobs that count as the same, of shared results, and of how large a result may be. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from config import units
from engine.jobs.unique import Unique, as_unique
from worker.durations import TaskError, seconds

SHARING = ("unique", "cache", "cache_failures", "max_result")
"""The words of ``@task`` that are read here."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """One task's rules.

    Attributes:
        cache: seconds for which a result is shared, so it is kept at least so long; 0 = none is.
        max_result: bytes of a result at most; None = as the queue says.
        traits: what the store must know of it.
    """

    cache: float
    max_result: int | None
    traits: Mapping[str, Any]


def make_sharing(
    where: str,
    *,
    unique: Unique | Mapping[str, Any] | str | bool | None = None,
    cache: float | str | None = None,
    cache_failures: float | str | None = None,
    max_result: int | str | None = None,
) -> Sharing:
    """Check what ``@task`` was given; ``where`` names the task in errors.

    Raises:
        TaskError: a value makes no sense.
    """
    traits: dict[str, Any] = {}
    if unique is not None and unique is not False:
        try:
            traits["unique"] = msgspec.to_builtins(as_unique(unique))
        except ValueError as error:
            raise TaskError(f"{where}: {error}") from None
    kept = 0.0 if cache is None else seconds(cache, f"{where}: cache")
    if cache_failures is not None and not kept:
        raise TaskError(f"{where}: cache_failures goes with cache, which is missing")
    if kept:
        traits["cache"] = round(kept * 1000)
    if cache_failures is not None:
        traits["cache_failures"] = round(seconds(cache_failures, f"{where}: cache_failures") * 1000)
    try:
        largest = None if max_result is None else units.size(max_result)
    except ValueError as error:
        raise TaskError(f"{where}: max_result: {error}") from None
    return Sharing(kept, largest, traits)
