"""Which jobs count as the same, and what becomes of the second one. See docs/unique.md."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal

import msgspec

from engine import durations
from engine.payloads import payload

Mode = Literal["pending", "pending_or_running", "throttle", "debounce", "keep_last"]
Conflict = Literal["return", "replace", "extend", "raise"]

_LETTERS = {"pending": "p", "pending_or_running": "r", "throttle": "t", "debounce": "d", "keep_last": "k"}
_TIMED = ("throttle", "debounce")
_LONGEST_KEY = 500  # characters


class Unique(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of several jobs that count as the same, one stands at a time.

    Attributes:
        mode: "pending": while one waits (also for its time, or for a retry). "pending_or_running": until it has ended.
            "throttle": one in each `period`, the first. "debounce": each new one replaces the one that waits and
            pushes it back to `period` from now. "keep_last": one that runs, and one with the newest payload behind it.
        by: names of the payload's fields that tell jobs apart; () = the whole payload.
        key: what tells jobs apart, instead of the payload. Either way jobs of different types never are the same.
        on_conflict: what becomes of a second job: "return" the first one's id; "replace" the payload and the options
            of the one that waits; "extend" its delay to the new one's; "raise" UniqueConflict.
        period: seconds or "10s"; of throttle and debounce only.
        max_wait: a debounced job is pushed back no further than so long after the first of its row.
    """

    mode: Mode = "pending"
    by: tuple[str, ...] = ()
    key: str | None = None
    on_conflict: Conflict = "return"
    period: float | str | None = None
    max_wait: float | str | None = None

    def __post_init__(self) -> None:
        if self.by and self.key is not None:
            raise ValueError("unique: give by or key, not both")
        if self.key is not None and not 1 <= len(self.key) <= _LONGEST_KEY:
            raise ValueError(f"unique: key must have 1 to {_LONGEST_KEY} characters")
        if (self.mode in _TIMED) != (self.period is not None):
            raise ValueError(f"unique: {self.mode} " + ("needs a period" if self.mode in _TIMED else "has no period"))
        if self.max_wait is not None and self.mode != "debounce":
            raise ValueError(f"unique: {self.mode} has no max_wait")
        self._check_times()
        allowed = {"throttle": ("return", "raise"), "debounce": ("return",), "keep_last": ("return",)}
        if self.on_conflict not in allowed.get(self.mode, (self.on_conflict,)):
            raise ValueError(f"unique: {self.mode} says itself what becomes of a second job, not {self.on_conflict!r}")

    def _check_times(self) -> None:
        if self.period is None:
            return
        period = durations.seconds(self.period)
        if period < 0.001:  # noqa: PLR2004 - the store counts in ms
            raise ValueError("unique: period must be more than zero")
        if self.max_wait is not None and durations.seconds(self.max_wait) < period:
            raise ValueError(f"unique: max_wait ({self.max_wait!r}) is shorter than the period ({self.period!r})")


def as_unique(value: Unique | Mapping[str, Any] | str | bool | None) -> Unique | None:
    """The policy that is meant: True and "pending" are `Unique()`, a dict has its fields, False and None are none.

    Raises:
        ValueError: it makes no sense.
    """
    if isinstance(value, Unique):
        return value
    if value is None or value is False:
        return None
    fields = {} if value is True else {"mode": value} if isinstance(value, str) else value
    if isinstance(fields, Mapping):
        if isinstance(fields.get("by"), str):
            fields = {**fields, "by": [fields["by"]]}
        if fields.get("mode", "pending") not in _LETTERS:
            raise ValueError(f"unique: {fields['mode']!r} is no mode; there are {', '.join(_LETTERS)}")
    try:
        return msgspec.convert(fields, Unique)
    except msgspec.ValidationError as error:
        said = str(error).removesuffix(" - at `$`")
        raise ValueError(said if said.startswith("unique: ") else f"unique: {said}") from None


def wire(unique: Unique, type: str, data: Any) -> dict[str, Any]:
    """The policy for this job as submit.lua takes it.

    Raises:
        PayloadError, ValueError: the payload cannot be sent, or has not the fields that are named.
    """
    said: dict[str, Any] = {"letter": _LETTERS[unique.mode], "conflict": unique.on_conflict}
    said["hash"] = digest(unique.mode, type, *_identity(unique, data))
    if unique.period is not None:
        said["period"] = round(durations.seconds(unique.period) * 1000)
    if unique.max_wait is not None:
        said["max_wait"] = round(durations.seconds(unique.max_wait) * 1000)
    return said


def digest(*parts: Any) -> str:
    """32 hex digits that are equal for equal values, in whatever order their mappings were filled.

    Raises:
        PayloadError: one of them cannot be sent.
    """
    try:
        plain = msgspec.msgpack.encode(parts, order="sorted")
    except (TypeError, ValueError, OverflowError, RecursionError):
        plain = payload.encode(parts, limit=2 * payload.MAX_BYTES)  # keys that have no order; or it says what is wrong
    return blake2b(plain, digest_size=16).hexdigest()


def _identity(unique: Unique, data: Any) -> Sequence[Any]:
    if unique.key is not None:
        return ("key", unique.key)
    if not unique.by:
        return ("data", data)
    found = payload.decode(payload.encode(data))
    fields = found if isinstance(found, dict) else {}
    missing = [name for name in unique.by if name not in fields]
    if missing:  # taken for equal, all jobs without the field would be one
        raise ValueError(f"unique: the payload has no field {missing[0]!r}, which `by` names")
    return ("by", {name: fields[name] for name in unique.by})
