"""Cron expressions and time zones, as the file gives them."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim, CronSimError

from config.nearest import nearest_of
from config.units import shown

ALIASES = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS = {
    "second": "0 to 59",
    "minute": "0 to 59",
    "hour": "0 to 23",
    "day-of-month": "1 to 31, L or LW",
    "month": "1 to 12 or JAN to DEC",
    "day-of-week": "0 to 7 or SUN to SAT, 5L, MON#2",
}
_WRITTEN = re.compile(r"[0-9A-Za-z*,/#\- \t]{1,200}")


def cron(value: object) -> str:
    """A cron expression of five fields, or six with seconds in front; an alias is replaced by its fields.

    Raises:
        ValueError: it is none, with the reason.
    """
    if not isinstance(value, str):
        raise ValueError(f"expected a cron expression like '0 3 * * *', got {shown(value)}")  # noqa: TRY004  # pydantic collects ValueErrors only
    text = " ".join(value.split())
    if text.startswith("@"):
        return _alias(text)
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"expected a cron expression like '0 3 * * *' or @daily, got {shown(value)}")
    try:
        next(CronSim(text, datetime(2000, 1, 1)))  # noqa: DTZ001  # times on the wall: whether any matches at all
    except StopIteration:
        raise ValueError(f"{shown(value)} never fires: no date matches it") from None
    except (CronSimError, AssertionError, TypeError, ValueError) as error:
        raise ValueError(f"{shown(value)} is no cron expression: {_reason(text, str(error))}") from None
    return text


def zone(value: object) -> str:
    """The name of a time zone that this host knows.

    Raises:
        ValueError: it does not, with the nearest name that it does know.
    """
    if not isinstance(value, str):
        raise ValueError(f"expected a time zone like Europe/Berlin or UTC, got {shown(value)}")  # noqa: TRY004  # pydantic collects ValueErrors only
    if value == "UTC":
        return "UTC"
    try:
        return ZoneInfo(value).key
    except (KeyError, ValueError, OSError):
        raise ValueError(f"there is no time zone {shown(value)}{_nearest(value)}") from None


def _alias(text: str) -> str:
    if text.lower() in ALIASES:
        return ALIASES[text.lower()]
    close = nearest_of(text.lower(), ALIASES)
    hint = f"did you mean {close}?" if close else f"known are {', '.join(ALIASES)}"
    raise ValueError(f"{shown(text)} is no cron expression ({hint})")


def _reason(text: str, said: str) -> str:
    parts = text.split()
    if len(parts) not in (5, 6):
        fields = "minute hour day-of-month month day-of-week"
        return f"it has {len(parts)} field{'s'[: len(parts) != 1]}, expected 5 ({fields}), or 6 with seconds in front"
    name = said.removeprefix("Bad ")
    if name not in _FIELDS:
        return "one of its fields cannot be read"
    part = parts[list(_FIELDS).index(name) - (6 - len(parts))]
    if name == "day-of-month" and part.isdecimal() and 1 <= int(part) <= 31:  # noqa: PLR2004  # days of a month
        return f"no month that it names has a day {part}"
    return f"its {name} is {shown(part)}, expected {_FIELDS[name]}, or *, lists, ranges and steps of these"


def _nearest(name: str) -> str:
    """The nearest name, as a hint; its last part alone (a city) counts too, and case does not."""
    known = available_timezones()
    if not known:
        return ": this host has no time zone database (install tzdata)"
    wanted = name.lower().replace(" ", "_")[:80]
    cities = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known)}
    whole = {zone.lower(): zone for zone in known}
    for names in (whole, cities):
        if close := nearest_of(wanted, names, cutoff=0.7):
            return f" (did you mean {names[close]}?)"
    return " (write it like Europe/Berlin)"
