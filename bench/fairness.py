"""Whether anybody waits behind others for no reason: `python -m bench.fairness [--rounds N]`.

A tenant with 100,000 jobs in front of one with 10: all of the small one's start within the first 100 starts. A type
limited to 10/s in front of 10,000 other jobs: those are not slowed by more than 5 %. Exit status 1 when either fails.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from bench.herd import store, until, workers
from bench.machine import describe
from engine import Client, NewJob

BIG, SMALL, WITHIN = 100_000, 10, 100
OTHERS, LIMITED, WORST = 10_000, 2_000, 0.95


def jobs(who: str, count: int, type_: str = "start", tenant: str | None = None) -> Iterable[NewJob]:
    """Jobs that write that letter when they start."""
    return (NewJob(type_, [who], queue="bench", tenant=tenant) for _ in range(count))


def tenants() -> bool:
    """How many starts it takes until the small tenant's last job has started."""
    with tempfile.TemporaryDirectory() as folder, store() as url, Client(url) as client:
        log = Path(folder, "starts")
        client.pause("bench")
        client.enqueue_many(jobs("b", BIG, tenant="big"))
        client.enqueue_many(jobs("s", SMALL, tenant="small"))
        with workers(url, tasks="bench.fair_tasks", BENCH_STARTS=str(log)):
            client.resume("bench")
            until(lambda: log.read_text().count("s") == SMALL, 60)
            client.purge("bench")
        last = log.read_text().rindex("s") + 1
    print(f"tenants: {BIG:,} jobs in front of {SMALL}: the last of the {SMALL} was start number {last}")
    return last <= WITHIN


def rate(client: Client, log: Path, *, limited: int) -> float:
    """Starts a second of the others, with so many jobs of the limited type in front of them."""
    log.write_text("")
    client.pause("bench")
    client.enqueue_many(jobs("l", limited, "limited"))
    client.enqueue_many(jobs("o", OTHERS))
    started = time.perf_counter()
    client.resume("bench")
    until(lambda: log.read_text().count("o") == OTHERS, 120)
    taken = time.perf_counter() - started
    if limited:
        assert log.read_text().count("l") < limited / 2, "the limit did not hold: nothing was measured"
    client.purge("bench")
    until(lambda: client.queues()["bench"].processing == 0, 60)
    return OTHERS / taken


def limits(rounds: int) -> bool:
    """The others' rate with and without the limited jobs, in turns; the first round is for warming up."""
    with tempfile.TemporaryDirectory() as folder, store() as url, Client(url) as client:
        log = Path(folder, "starts")
        with workers(url, tasks="bench.fair_tasks", BENCH_STARTS=str(log)):
            pairs = [(rate(client, log, limited=0), rate(client, log, limited=LIMITED)) for _ in range(rounds + 1)]
    ratio = statistics.median(among / alone for alone, among in pairs[1:])
    alone, among = (statistics.median(rates) for rates in zip(*pairs[1:], strict=True))
    print(f"limits: {OTHERS:,} others at {alone:,.0f}/s alone, {among:,.0f}/s among {LIMITED:,} limited; {ratio:.3f}")
    return ratio >= WORST


def main() -> int:
    """Both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    print(describe())
    return 0 if all([tenants(), limits(options.rounds)]) else 1


if __name__ == "__main__":
    sys.exit(main())
