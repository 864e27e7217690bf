"""What ``@task`` says of failed attempts: how often, for how long, after which exceptions, after which waits. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine import Backoff
from worker.durations import TaskError, seconds

Exceptions = type[BaseException] | Sequence[type[BaseException]]
Wait = float | str | Sequence[float | str] | dict[str, Any]  # as it is written in @task

_STEEPEST = 1000  # of factors
_FORMS = (
    '{"linear": "10s", "cap": "5m", "jitter": 0.1} or {"exponential": "2s", "factor": 2, "cap": "1h", "jitter": 0.1}, '
    "all but the first word of each as needed"
)


@dataclass(frozen=True, slots=True)
class Linear:
    """Each retry waits ``step`` seconds more than the one before, ``cap`` at most, spread by ± ``jitter`` (a share)."""

    step: float
    cap: float = 3600.0
    jitter: float = 0.1

    def delay(self, attempt: int, chance: Callable[[], float]) -> float:
        """Seconds to wait after the attempt of this number (1 = the first) failed; chance: 0 <= x < 1."""
        plain = min(self.step * max(attempt, 1), self.cap)
        return min(plain * (1 + self.jitter * (2 * chance() - 1)), self.cap)


Waits = tuple[float, ...] | Linear | Backoff  # a task's own, checked


@dataclass(frozen=True, slots=True)
class Rules:
    """One task's rules; None = as the queue says / no limit.

    Attributes:
        retries: further attempts after the first failed one.
        backoff: seconds before each retry in turn (the last one repeats), or growing evenly, or by a factor.
        retry_on: only these exceptions are tried again. give_up_on: these never are, and go first.
        retry_for: seconds after the enqueueing after which no retry begins.
    """

    retries: int | None = None
    backoff: Waits | None = None
    retry_on: tuple[type[BaseException], ...] | None = None
    give_up_on: tuple[type[BaseException], ...] = ()
    retry_for: float | None = None


def make_rules(
    where: str,
    *,
    retries: int | None = None,
    backoff: Wait | None = None,
    retry_on: Exceptions | None = None,
    give_up_on: Exceptions | None = None,
    retry_for: float | str | None = None,
) -> Rules:
    """Check what ``@task`` was given; ``where`` names the task in errors.

    Raises:
        TaskError: a value makes no sense.
    """
    if retries is not None and (not isinstance(retries, int) or isinstance(retries, bool) or retries < 0):
        raise TaskError(f"{where}: retries must be a whole number from 0, not {retries!r}")
    return Rules(
        retries=retries,
        backoff=_backoff(backoff, f"{where}: backoff"),
        retry_on=None if retry_on is None else _exceptions(retry_on, f"{where}: retry_on"),
        give_up_on=() if give_up_on is None else _exceptions(give_up_on, f"{where}: give_up_on"),
        retry_for=None if retry_for is None else seconds(retry_for, f"{where}: retry_for"),
    )


def _backoff(value: Any, where: str) -> Waits | None:
    if value is None or value == "exponential":  # the queue's own
        return None
    if isinstance(value, dict):
        return _growing(value, where)
    listed = value if isinstance(value, list | tuple) else [value]
    if not listed:
        raise TaskError(f"{where}: the list of delays is empty; leave backoff out, or name one")
    try:
        return tuple(seconds(wait, where, least=0.0) for wait in listed)
    except TaskError as error:
        raise TaskError(
            f'{error}; or "exponential", a list of delays, {{"linear": "10s"}}, {{"exponential": "2s"}}'
        ) from None


def _growing(value: dict[str, Any], where: str) -> Linear | Backoff:
    how = "exponential" if "exponential" in value else "linear"
    known = (how, "cap", "jitter", *(("factor",) if how == "exponential" else ()))
    unknown = sorted(str(key) for key in value if key not in known)
    if unknown or how not in value:
        what = f"{unknown[0]!r} is not known" if unknown else "'linear' or 'exponential' is missing"
        raise TaskError(f"{where}: {what}; write {_FORMS}")
    first = seconds(value[how], f"{where}: {how}")
    cap = seconds(value.get("cap", max(3600.0, first)), f"{where}: cap")
    jitter, factor = value.get("jitter", 0.1), value.get("factor", 2)
    if cap < first:
        raise TaskError(f"{where}: cap ({cap:g} s) is shorter than the first wait ({first:g} s)")
    if not _number(jitter) or not 0 <= jitter <= 1:
        raise TaskError(f"{where}: jitter is the share by which a wait is spread, 0 to 1, not {jitter!r}")
    if not _number(factor) or not 1 <= factor <= _STEEPEST:
        raise TaskError(
            f"{where}: factor is by how much each wait is longer than the last, 1 to {_STEEPEST}, not {factor!r}"
        )
    return Linear(first, cap, float(jitter)) if how == "linear" else Backoff(first, float(factor), cap, float(jitter))


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _exceptions(value: Any, where: str) -> tuple[type[BaseException], ...]:
    listed = tuple(value) if isinstance(value, list | tuple | set | frozenset) else (value,)
    for one in listed:
        if not (isinstance(one, type) and issubclass(one, BaseException)):
            raise TaskError(f"{where}: {one!r} is no exception class; write (TimeoutError, ConnectionError)")
    return listed
