"""The script calls of jobs that do nothing, made on demand: `bench.compare` runs this file once for each revision, with
that revision's `engine` in PYTHONPATH. Reads "enqueue" and "claim" from stdin, answers each with jobs a second.
"""

import sys
import time

from engine import Client
from engine.clients.engine import Engine
from engine.store.claims import Done

PAYLOAD = {"to": "user@example.com", "subject": "Welcome", "template": "welcome"}


def drain(engine: Engine, batch: int) -> None:
    """Acknowledges one batch and claims the next in one call, until nothing is left."""
    done: list[Done] = []
    while True:
        engine.post(done, batch, ("bench",), 30)
        jobs = engine.collect().jobs
        if not jobs and not done:
            return
        done = [Done(engine.lease(job)) for job in jobs]


def main(url: str, jobs: int, batch: int) -> None:
    """Until stdin ends."""
    client, engine = Client(url), Engine(url, "default", incarnation=7)
    for line in sys.stdin:
        started = time.perf_counter()
        if line.strip() == "enqueue":
            client.enqueue_many((("noop", PAYLOAD) for _ in range(jobs)), queue="bench")
        else:
            drain(engine, batch)
        print(jobs / (time.perf_counter() - started), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
