"""Which pool or program a request means."""

from collections.abc import Mapping, Sequence
from typing import Any

from config.nearest import nearest_of
from supervisor.commands.errors import CommandError
from supervisor.herd import Herd
from supervisor.pools.pool import Pool
from supervisor.services.service import Service


def named(args: Mapping[str, Any]) -> str | None:
    """Answer the name in a request, None when it names nobody.

    Raises:
        CommandError: it is no text.
    """
    name = args.get("name")
    if name is None or isinstance(name, str):
        return name
    raise CommandError("`name` must be text")


def pools(herd: Herd, name: str | None) -> list[Pool]:
    """Answer the pool of that name, or all when there is none.

    Raises:
        CommandError: there is no such pool.
    """
    if name is None:
        return list(herd.pools)
    found = [pool for pool in herd.pools if pool.name == name]
    if not found:
        raise CommandError(unknown("pool", name, [pool.name for pool in herd.pools]))
    return found


def wards(herd: Herd, name: str | None, ours: Sequence[str] = ()) -> tuple[list[Pool], list[Service]]:
    """Answer the pools and program instances that are meant; no name means all pools and no programs.

    `namespace:LABEL` means all that bear the label, `web.1` one instance of a program. ours: which of `store`,
    `gateway` and `janitor` may be named too.

    Raises:
        CommandError: there is neither a pool nor a program of that name.
    """
    if name is None:
        return list(herd.pools), []
    label, colon, bearers = name.partition(":")
    if colon and label == "namespace":
        return _bearing(herd, bearers)
    found = [pool for pool in herd.pools if pool.name == name]
    programs = herd.programs.get(name) or _instance(herd, name)
    if not found and not programs:
        parts = {"store": herd.store, "gateway": herd.gateway, "janitor": herd.janitor}
        own = {part: service for part, service in parts.items() if part in ours and service is not None}
        if name not in own:
            known = [*(pool.name for pool in herd.pools), *herd.programs, *own]
            raise CommandError(unknown("pool or program", name, known))
        programs = [own[name]]
    return found, programs


def _bearing(herd: Herd, label: str) -> tuple[list[Pool], list[Service]]:
    names = {name for name, namespace in herd.namespaces.items() if namespace == label}
    if not names:
        raise CommandError(unknown("namespace", label, sorted(set(herd.namespaces.values()))))
    programs = [service for name, services in herd.programs.items() if name in names for service in services]
    return [pool for pool in herd.pools if pool.name in names], programs


def _instance(herd: Herd, name: str) -> list[Service]:
    return [one for one in herd.programs.get(name.partition(".")[0], []) if one.name == name]


def refuse_when_leaving(leaving: object) -> None:
    """Raise CommandError when the supervisor is on its way out."""
    if leaving is not None:
        raise CommandError("the supervisor is shutting down")


def unknown(kind: str, name: str, known: list[str]) -> str:
    """Say that there is nobody of that name, and who is meant."""
    near = nearest_of(name, known)
    hint = f"did you mean {near}?" if near else f"there is {', '.join(known) or 'none'}"
    return f"there is no {kind} {name!r}: {hint}"
