"""What a step of a search costs the store: `python -m bench.search [--jobs N]`.

N pending jobs, N scheduled ones and a tenth as many dead ones with a traceback; each line is one query, walked to its
end: entries looked at in a step, the server's own time for a step (median and worst, without the first, which loads the
scripts) and the longest single command, by Redis' commandstats and slow log.
"""

import argparse
import statistics
import sys
import time
from typing import Any

import redis

from bench.herd import store
from bench.machine import describe
from engine import Client, JobError, NewJob
from engine.clients.engine import Engine

TRACEBACK = '  File "app.py", line 7, in f\n' * 40
QUERIES = (
    "state:pending type:nope",
    "state:pending payload.user.id:-1",
    "state:scheduled type:nope",
    "state:scheduled payload.user.id:-1",
    "state:dead error:nothing",
    "nothing",
)


def fill(client: Client, url: str, count: int) -> None:
    """Jobs of about a hundred bytes each."""

    def one(n: int, **options: Any) -> NewJob:
        data = {"user": {"id": n}, "to": f"user{n}@example.com", "template": "welcome", "try": False}
        return NewJob("send-email", data, **options)

    client.enqueue_many(one(n) for n in range(count // 10))
    engine, left = Engine(url, "default", incarnation=7), count // 10
    while left:
        engine.post([], 100, ("default",), 60.0)
        for job in engine.collect().jobs:
            error = JobError(type="SMTPTimeout", message=f"timed out after {left}s", traceback=TRACEBACK)
            engine.bury(engine.lease(job), error)
            left -= 1
    engine.close()
    client.enqueue_many(one(n) for n in range(count))
    client.enqueue_many(one(n, delay="1h") for n in range(count))


def spent(server: Any) -> float:
    """Microseconds that the server has worked since its counters were reset; what a script calls is within it."""
    told = server.info("commandstats")
    within = {"cmdstat_hmget", "cmdstat_hgetall", "cmdstat_hget"} if "cmdstat_evalsha" in told else set()
    return float(sum(said["usec"] for name, said in told.items() if name not in within and "config" not in name))


def walk(client: Client, server: Any, query: str) -> str:
    """One line of the table."""
    times, looks, cursor, looked = [], [], None, 0
    server.slowlog_reset()
    began = time.perf_counter()
    while True:
        server.config_resetstat()
        page = client.search(query, cursor=cursor)
        times.append(spent(server) / 1000)
        looks.append(page.looked_at - looked)
        cursor, looked = page.cursor, page.looked_at
        if cursor is None:
            break
    took = time.perf_counter() - began
    slowest = max((one["duration"] for one in server.slowlog_get(128)), default=0) / 1000
    steady = times[1:-1] or times
    step = f"{statistics.median(steady):5.1f} {max(steady):5.1f} {slowest:5.1f}"
    return f"{query:36} {len(times):5} {max(looks):6,} {step} {looked / took:10,.0f}"


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", type=int, default=100_000)
    options = parser.parse_args()
    print(describe())
    with store() as url, Client(url) as client, redis.Redis.from_url(url) as server:
        fill(client, url, options.jobs)
        server.config_set("slowlog-log-slower-than", 200)
        print("query                                steps looked  median worst one (ms)   entries/s")
        for query in QUERIES:
            print(walk(client, server, query))
    return 0


if __name__ == "__main__":
    sys.exit(main())
