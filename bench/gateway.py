"""What one gateway process takes in and answers: `python -m bench.gateway [--seconds N]`; needs `wrk`.

`cpu` is the gateway's own CPU time for one request: on a machine that others use as well it says more than the rate
does. A request that only reads the process (`GET /health`) stands beside the rest: its ratio to them is no noise.
"""

import argparse
import random
import time

from bench.herd import store, workers
from bench.machine import describe
from bench.web import Gateway, Said, gateway, wrk
from engine import Client, WorkerInfo
from engine.clients.engine import Engine

BATCH = 1000


def announce(url: str) -> None:
    """Tell the store that a worker knows `noop`; nobody runs it."""
    engine = Engine(url, "default", incarnation=random.getrandbits(60))
    info = WorkerInfo(incarnation=f"{engine.incarnation:x}", host="bench", pid=1, pool="bench", slot=0)
    engine.register(info, {"noop": "bench"}, {})
    engine.close()


def show(what: str, said: Said, jobs: int = 1) -> None:
    """One line of the table."""
    print(
        f"{what:38} {said.rate:9,.0f}/s {said.rate * jobs:10,.0f} jobs/s   p50 {said.p50_ms:7.2f} ms   "
        f"p99 {said.p99_ms:7.2f} ms   cpu {said.cpu_us:8,.0f} us   other answers {said.refused}"
    )


def submitting(of: Gateway, seconds: int, *, batches: bool) -> None:
    """How fast jobs come in, while no worker runs any."""
    show("GET /health", wrk(of, "/health", "get.wrk", seconds=seconds))
    show("POST /tasks, 32 connections", wrk(of, "/tasks", "post.wrk", seconds=seconds))
    show("POST /tasks, 1 connection", wrk(of, "/tasks", "post.wrk", seconds=seconds, connections=1))
    if batches:
        said = wrk(of, "/tasks/batch", "post.wrk", seconds=seconds, connections=2, tasks=BATCH)
        show(f"POST /tasks/batch of {BATCH:,}", said, BATCH)


def beside_workers(url: str, of: Gateway, seconds: int, count: int) -> None:
    """How fast it answers while every worker burns CPU."""
    with Client(url) as client, workers(url, instances=count):
        client.enqueue_many((("burn", {"seconds": 0.05}) for _ in range(200 * count * seconds)), queue="bench")
        time.sleep(0.5)
        for path in ("/health", "/"):
            said = wrk(of, path, "get.wrk", seconds=seconds, connections=1)
            show(f"GET {path}, {count} workers burn CPU", said)
        client.purge("bench")


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=5, help="for each line")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--no-batches", action="store_true", help="for releases without them")
    options = parser.parse_args()
    with store() as url, Client(url) as client:
        print(describe(f"{client.figures().server} {client.figures().version}"))
        announce(url)
        with gateway(url) as of:
            submitting(of, options.seconds, batches=not options.no_batches)
    with store() as url, gateway(url) as of:
        beside_workers(url, of, options.seconds, options.workers)


if __name__ == "__main__":
    main()
