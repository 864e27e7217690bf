"""Throughput, memory and latency of the real path: `python -m bench.throughput [--jobs N] [--quick]`.

Each rate stands beside the bare loop's, which makes the same script calls with no worker around it, in the same run:
these machines are noisy, ratios are not.
"""

import argparse
import random
import statistics
import tempfile
import time
from pathlib import Path

from bench.herd import PAYLOAD, store, until, workers
from bench.machine import describe
from engine import Client
from engine.clients.engine import Engine
from engine.store.claims import Done

BATCH = 100


def fill(client: Client, jobs: int) -> float:
    """Bulk-enqueues; jobs a second."""
    started = time.perf_counter()
    client.enqueue_many((("noop", PAYLOAD) for _ in range(jobs)), queue="bench")
    return jobs / (time.perf_counter() - started)


def drained(client: Client) -> bool:
    """Whether the queue is empty and nothing runs."""
    figures = client.queues()["bench"]
    return figures.pending == 0 and figures.processing == 0


def drain_by_worker(client: Client, jobs: int) -> float:
    """One real worker process drains what stands in the paused queue; jobs a second from its opening."""
    started = time.perf_counter()
    client.resume("bench")
    until(lambda: drained(client), 120)
    return jobs / (time.perf_counter() - started)


def throughput(jobs: int, rounds: int) -> None:
    """Bulk enqueue and drain, interleaved with the bare loop."""
    with store() as url, Client(url) as client, workers(url):
        print(describe(f"{client.figures().server} {client.figures().version}"))
        bulk, real, bare = [], [], []
        for _ in range(rounds):
            client.pause("bench")
            bulk.append(fill(client, jobs))
            real.append(drain_by_worker(client, jobs))
            with Client(url, namespace="bare") as alone:
                bare.append(drain_bare(alone, url, jobs))
        ratio = statistics.median(r / b for r, b in zip(real, bare, strict=True))
        print(f"bulk enqueue: {_spread(bulk)} jobs/s")
        print(f"drained by one worker: {_spread(real)} jobs/s; bare loop: {_spread(bare)}; ratio {ratio:.2f}")


def drain_bare(client: Client, url: str, jobs: int) -> float:
    """The bare loop in a namespace of its own, where no worker competes."""
    fill(client, jobs)
    engine = Engine(url, "bare", incarnation=random.getrandbits(60))
    started = time.perf_counter()
    done: list[Done] = []
    engine.post(done, BATCH, ("bench",), 30)
    while jobs_now := engine.collect().jobs:
        engine.post(done, BATCH, ("bench",), 30)
        done = [Done(engine.lease(job)) for job in jobs_now]
    engine.complete(done)
    engine.close()
    return jobs / (time.perf_counter() - started)


def memory(jobs: int) -> None:
    """Bytes of server memory a queued job, and whether each is found by its id."""
    with store("--appendonly", "no") as url, Client(url) as client:
        before = client.figures().memory
        ids = client.enqueue_many((("noop", PAYLOAD) for _ in range(jobs)), queue="bench")
        used = client.figures().memory - before
        sample = random.sample(ids, min(10_000, jobs))
        started = time.perf_counter()
        found = client.find_many(sample)
        us = (time.perf_counter() - started) / len(sample) * 1e6
        assert all(found[i].data == PAYLOAD for i in sample)
        print(f"memory: {jobs:,} jobs in {used / 1e6:.1f} MB, {used / jobs:.1f} B each; found by id in {us:.0f} us")


def latency(rate: int, seconds: float) -> None:
    """From just before enqueue to the task's first line, at a steady offered rate."""
    with tempfile.TemporaryDirectory() as folder, store() as url, Client(url) as client:
        log = Path(folder, "latencies")
        with workers(url, BENCH_LATENCIES=str(log)):
            count, start = round(rate * seconds), time.monotonic()
            for n in range(count):
                due = start + n / rate
                while (left := due - time.monotonic()) > 0:
                    time.sleep(left)
                client.enqueue("stamp", [time.monotonic_ns()], queue="bench")
            until(lambda: log.read_text().count("\n") == count, 30)
        times = sorted(int(line) / 1e6 for line in log.read_text().split())
        p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
        print(f"latency at {rate}/s over {seconds:g} s: p50 {p50:.2f} ms, p99 {p99:.2f} ms, max {times[-1]:.1f} ms")


def _spread(rates: list[float]) -> str:
    return f"{statistics.median(rates):,.0f} ({min(rates):,.0f}-{max(rates):,.0f})"


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it works")
    options = parser.parse_args()
    jobs, rounds = (20_000, 1) if options.quick else (options.jobs, options.rounds)
    throughput(jobs, rounds)
    memory(jobs if options.quick else 1_000_000)
    latency(1000, 2 if options.quick else 10)


if __name__ == "__main__":
    main()
