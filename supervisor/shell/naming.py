"""Arguments that name a pool, a program or a service, and what a shell completes for them.

The names are taken from the file as it is written, without checking it: completing a word must be quick, and must say
nothing of a file that is not good.
"""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
SERVICES = ("supervisor", "gateway", "janitor", "store")


def pool_argument(name: str, **given: Any) -> Callable[[F], F]:
    """An argument for a pool."""
    return click.argument(name, shell_complete=_completing("pools"), **given)


def name_argument(name: str, *, services: bool = False, **given: Any) -> Callable[[F], F]:
    """An argument for a pool or a program; with `services` for one of those, too."""
    return click.argument(
        name, shell_complete=_completing("pools", "programs", more=SERVICES if services else ()), **given
    )


def names_in(path: Path, *sections: str) -> list[str]:
    """Answer the `name` of each entry of these sections of a file; none where it cannot be read."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    found: list[str] = []
    with suppress(OSError, UnicodeDecodeError, yaml.YAMLError):
        written = yaml.load(path.read_text(encoding="utf-8"), loader)  # noqa: S506  both of them are safe
        for section in sections if isinstance(written, dict) else ():
            entries = written.get(section)
            found += [
                str(one["name"]) for one in (entries if isinstance(entries, list) else ())
                if isinstance(one, dict) and "name" in one
            ]  # fmt: skip
    return found


def _completing(
    *sections: str, more: tuple[str, ...] = ()
) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    def complete(context: click.Context, _parameter: click.Parameter, typed: str) -> list[str]:
        path = context.find_root().params.get("path") or Path("config.yaml")
        return [name for name in (*names_in(path, *sections), *more) if name.startswith(typed)]

    return complete
