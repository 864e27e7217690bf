"""What the charts cost: `python -m bench.series [--rounds N] [--jobs N]`.

Bytes of the store a series and minute; the store's time for one word of a host; the throughput of one worker with the
charts and without, in turns, as a ratio: these machines are noisy, ratios are not.
"""

import argparse
import random
import statistics

import psutil
import redis

from bench.herd import store, workers
from bench.machine import describe
from bench.throughput import drain_by_worker, fill
from engine import Client
from engine.charts.counting import Keep, Runs, count
from engine.charts.series import STEPS
from engine.charts.vector import Counts, grow, pack

SERIES, WORDS = 20, 200
KEPT = {60: 24, 600: 3, 3600: 3}  # strings of each step that are kept: a day, three days, thirty days


def minute(chance: random.Random, buckets: int) -> Counts:
    """A minute of a busy series whose run times hit so many buckets."""
    hits = {Runs.HISTOGRAM + place: chance.randint(1, 300) for place in chance.sample(range(4, 40), buckets)}
    done = sum(hits.values())
    return {Runs.DONE: done, Runs.FAILED: chance.randint(0, 3), Runs.RUN_US: done * 30_000, **hits}


def string(chance: random.Random, buckets: int, step: int) -> bytes:
    """A string of spans, each busy from beginning to end; counts of longer spans are larger, and hit more buckets."""
    text = b""
    for span in range(STEPS[step]):
        counts: Counts = {}
        for _ in range(min(step // 60, 10)):
            grow(counts, minute(chance, buckets))
        packed = pack({number: n * max(1, step // 600) for number, n in counts.items()})
        text += packed + bytes((len(packed) >> 8, len(packed) & 255, span))
    return text


def memory(url: str) -> None:
    """Bytes a series takes, its keys counted."""
    server, chance = redis.Redis.from_url(url), random.Random(7)
    for buckets in (1, 6, 12, 26):
        total, a_minute = 0, 0.0
        for step, kept in KEPT.items():
            server.set("s", string(chance, buckets, step), ex=10**6)
            used = int(server.memory_usage("s") or 0)
            total += used * kept
            if step == min(STEPS):
                a_minute = used / STEPS[step]
        print(
            f"{buckets:2} buckets hit: {a_minute:.0f} B a series and minute; "
            f"busy for 30 days without a pause: {total / 1000:.0f} KB a series"
        )
    server.delete("s")


def script_time(url: str) -> None:
    """The store's microseconds for a word of a host, of which every series has grown."""
    server, chance = redis.Redis.from_url(url), random.Random(7)
    with Client(url) as client:
        counts = [minute(chance, 12) for _ in range(SERIES)]
        for word in range(WORDS + 1):
            if word == 1:  # the first makes the strings
                server.config_resetstat()
            rows = {f"jq\tt{n}": pack(grow(had, minute(chance, 6))) for n, had in enumerate(counts)}
            client.run(count("bench", rows, young=True, keep=Keep()))
        spent = server.info("commandstats")["cmdstat_evalsha"]["usec"] / WORDS
    print(f"a word of {SERIES} series that have all grown: {spent / 1000:.2f} ms, {spent / SERIES:.0f} us a series")


def drain(jobs: int, *, charted: bool) -> tuple[float, float]:
    """Jobs a second of one worker, the best of three; and the least microseconds of CPU a job of worker and keeper."""
    with store() as url, Client(url) as client, workers(url, HERDSMAN_SERIES__ENABLED=str(charted).lower()):
        rates, costs = [], []
        for _ in range(3):
            client.pause("bench")
            fill(client, jobs)
            before = _cpu()
            rates.append(drain_by_worker(client, jobs))
            costs.append((_cpu() - before) / jobs * 1e6)
    return max(rates), min(costs)


def _cpu() -> float:
    herd = [one for one in psutil.Process().children(recursive=True) if "herdsman" in " ".join(one.cmdline())]
    return sum(times.user + times.system for one in herd for times in [one.cpu_times()])


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    print(describe())
    with store() as url:
        memory(url)
        script_time(url)
    rounds = [(drain(options.jobs, charted=True), drain(options.jobs, charted=False)) for _ in range(options.rounds)]
    for place, what in enumerate(("jobs/s drained by one worker", "us of CPU a job, worker and keeper")):
        pairs = [(charted[place], plain[place]) for charted, plain in rounds]
        ratio = statistics.median(charted / plain for charted, plain in pairs)
        charted, plain = (statistics.median(found) for found in zip(*pairs, strict=True))
        print(f"{what}: {charted:,.1f} with charts, {plain:,.1f} without; ratio {ratio:.3f}")


if __name__ == "__main__":
    main()
