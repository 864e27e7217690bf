"""What jobs that are not plain cost the store: `python -m bench.batches [--rounds N]`.

Its own time for the scripts that take a thousand jobs of one kind, together in one call and one by one: the shortest
and the median round. Wall time of the server: on a machine that others use as well, the shortest says most.
"""

import argparse
import itertools
import statistics
from collections.abc import Callable, Sequence
from typing import Any

import redis

from bench.herd import store
from bench.machine import describe
from engine import Client, NewJob

JOBS = 1000
HOOK = "https://hooks.example.com/a"
KINDS: dict[str, Callable[[int], NewJob]] = {
    "plain": lambda n: NewJob("t", n),
    "webhook": lambda n: NewJob("t", n, webhook=HOOK),
    "unique": lambda n: NewJob("t", n, unique=True),
    "unique, of 50 tenants": lambda n: NewJob("t", n, unique=True, tenant=f"t{n % 50}"),
    "unique, key and webhook": lambda n: NewJob("t", n, unique=True, idempotency_key=f"{n}", webhook=HOOK),
}


def server_ms(server: Any, act: Callable[[], object]) -> float:
    """What the server spent in scripts for this, in ms."""
    server.config_resetstat()
    act()
    stats = server.info("commandstats")
    return float(sum(one["usec"] for name, one in stats.items() if name == "cmdstat_evalsha")) / 1000


def one_by_one(client: Client, jobs: Sequence[NewJob]) -> None:
    """Each in a call of its own."""
    for job in jobs:
        client.ask(client._entrance.accept(job, durable=False))  # noqa: SLF001 - `enqueue` takes no record


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with store() as url, Client(url) as client:
        server: Any = redis.Redis.from_url(url)
        print(describe(f"{client.figures().server} {client.figures().version}"))
        numbers = itertools.count()
        for kind, job in KINDS.items():
            together, alone = [], []
            for _ in range(options.rounds):
                jobs = [job(next(numbers)) for _ in range(2 * JOBS)]
                together.append(server_ms(server, lambda some=jobs[:JOBS]: client.enqueue_many(some)))
                alone.append(server_ms(server, lambda some=jobs[JOBS:]: one_by_one(client, some)))
            print(f"{kind:24} {JOBS:,} together {shown(together)}; one by one {shown(alone)}")


def shown(times: Sequence[float]) -> str:
    """Shortest and median."""
    return f"{min(times):6.1f} ms (median {statistics.median(times):6.1f})"


if __name__ == "__main__":
    main()
