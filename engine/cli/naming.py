"""Words that name a queue or a schedule, and what a shell completes for them.

The names are those that the config file writes, which is read without checking it: completing a word must be quick, and
must not wait for a store.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

import click

Completer = Callable[[click.Context, click.Parameter, str], list[str]]


def queues(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """The queues that a file names, its pools' and those it has settings for."""
    del parameter
    return _beginning(typed, _queues(_written(context)))


def schedules(context: click.Context, parameter: click.Parameter, typed: str) -> list[str]:
    """The schedules that a file names."""
    del parameter
    return _beginning(typed, (str(one["name"]) for one in _entries(_written(context), "schedules") if "name" in one))


def _queues(written: dict[str, Any]) -> Iterator[str]:
    settings = written.get("queues")
    yield from (str(name) for name in settings or () if isinstance(settings, dict))
    for pool in _entries(written, "pools"):
        named = pool.get("queues")
        yield from (str(name) for name in named or () if isinstance(named, list | dict))


def _entries(written: dict[str, Any], section: str) -> list[dict[str, Any]]:
    entries = written.get(section)
    return [one for one in entries if isinstance(one, dict)] if isinstance(entries, list) else []


def _written(context: click.Context) -> dict[str, Any]:
    import yaml

    given = context.find_root().params
    if given.get("url"):
        return {}
    path = given.get("path") or os.environ.get("HERDSMAN_CONFIG") or "config.yaml"
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with suppress(OSError, UnicodeDecodeError, yaml.YAMLError), open(path, encoding="utf-8") as file:  # noqa: PTH123  no pathlib: quick
        written = yaml.load(file, loader)  # noqa: S506  both of them are safe
        return written if isinstance(written, dict) else {}
    return {}


def _beginning(typed: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(typed)})
