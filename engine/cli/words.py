"""What is told on the command line, as the client takes it."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click


def when(text: str, what: str) -> float | datetime:
    """Epoch seconds, or a moment in ISO 8601 with its time zone.

    Raises:
        click.BadParameter: it is neither.
    """
    try:
        return float(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        said = f"{text!r} is no time: write it like 2026-03-01T09:00:00+01:00, or as seconds since the epoch"
        raise click.BadParameter(said, param_hint=what)
    return found


def before(text: str, what: str) -> float | datetime:
    """Seconds from now of a duration, or a moment in ISO 8601 with its time zone.

    Raises:
        click.BadParameter: it is neither.
    """
    from engine.durations import seconds

    try:
        return seconds(text)
    except ValueError:
        pass
    try:
        found = when(text, what)
    except click.BadParameter:
        found = 0.0
    if not isinstance(found, datetime):
        said = f"{text!r} is neither a duration like 5m nor a time like 2026-03-01T09:00:00+01:00"
        raise click.BadParameter(said, param_hint=what)
    return found


def headers(given: Sequence[str], what: str) -> dict[str, str] | None:
    """NAME=VALUE, each name once; None when there are none.

    Raises:
        click.BadParameter: one is not of that form, or a name is there twice.
    """
    found: dict[str, str] = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not name or not sign:
            raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint=what)
        if name in found:
            raise click.BadParameter(f"{name!r} is there twice", param_hint=what)
        found[name] = value
    return found or None


def parsed(text: str, what: str) -> Any:
    """A value from JSON; "-" reads standard input.

    Raises:
        click.BadParameter: it is none.
    """
    try:
        return json.loads(sys.stdin.read() if text == "-" else text)
    except ValueError as error:
        raise click.BadParameter(f"{error}; a text needs its quotes: '\"text\"'", param_hint=what) from error


def duration(text: str, what: str) -> float:
    """Seconds in a duration; a bare number is seconds.

    Raises:
        click.BadParameter: it is none.
    """
    from engine.durations import seconds

    try:
        return seconds(float(text) if text.replace(".", "", 1).isdigit() else text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=what) from error
