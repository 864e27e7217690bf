"""`describe NAME`: all that is known of a pool, a program, a worker or a service: docs/deaths.md."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from scoreboard import Cause
from supervisor.arbiter import Arbiter
from supervisor.commands import status
from supervisor.commands.errors import CommandError
from supervisor.commands.targets import named, unknown
from supervisor.deaths.redact import shown
from supervisor.pools.draining import draining
from supervisor.pools.pool import Pool


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer `kind`, `status`, `config`, `restarts`, `draining` and the `deaths` that are kept.

    Raises:
        CommandError: nobody has that name, or none was given.
    """
    name = named(args)
    if name is None:
        raise CommandError("whom? `name` is missing")
    found = next((told for known, told in _everybody(arbiter) if known == name), None)
    if found is None:
        raise CommandError(
            unknown("pool, program, worker or service", name, [known for known, _ in _everybody(arbiter)])
        )
    deaths = arbiter.herd.certificates.of(name)
    return {"name": name, **found, "deaths": [certificate.plain() for certificate in deaths]}


def _everybody(arbiter: Arbiter) -> Iterator[tuple[str, dict[str, Any]]]:
    herd, now = arbiter.herd, time.monotonic()
    said = status.run(arbiter, {})
    for pool, known in zip(herd.pools, said["pools"], strict=True):
        about = _pool(pool, known, now)
        yield pool.name, about
        for worker in known["workers"]:
            mine = [row for row in about["draining"] if row["worker"] == worker["name"]]
            yield worker["name"], {"kind": "worker", "pool": pool.name, "status": worker, "draining": mine}
    for program in herd.programs:
        instances = [one for one in said["programs"] if one["name"].rpartition(".")[0] == program]
        config = next((one for one in herd.config.programs if one.name == program), None)
        yield program, {"kind": "program", "status": instances, "config": shown(config) if config else None}
        yield from ((one["name"], {"kind": "instance", "program": program, "status": one}) for one in instances)
    for service in ("store", "janitor", "gateway", "logger", "guardian"):
        if said[service]:
            yield service, {"kind": "service", "status": said[service]}


def _pool(pool: Pool, known: dict[str, Any], now: float) -> dict[str, Any]:
    return {
        "kind": "pool",
        "status": known,
        "config": shown(pool.config),
        "restarts": {cause.name.lower(): pool.restarts[cause] for cause in Cause if pool.restarts[cause]},
        "draining": draining([pool], now),
    }
