"""What tracing costs: `python -m bench.tracing [--jobs N] [--rounds N]`.

A worker drains jobs that do nothing, with tracing off, on without a caller's trace being sampled, and on; a collector
in this process takes the spans and throws them away. Then what loading it costs. Rounds go in turns; trust the ratios.
"""

import argparse
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.herd import PAYLOAD, ROOT, store, workers
from bench.machine import describe
from bench.throughput import drain_by_worker
from engine import Client, NewJob
from engine.tracing import tracing

KINDS = ("off", "not sampled", "on")
LOADED = """
import resource, time
import worker.zygote.start
before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
import worker.tracing.run_spans
took = time.perf_counter() - began
print(f"{took * 1000:.0f} ms, {(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB")
"""


class Sink(BaseHTTPRequestHandler):
    """A collector that wants nothing."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take it."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@contextmanager
def sink() -> Iterator[str]:
    """The URL of one that runs meanwhile."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Sink)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def rate(kind: str, url: str, collector: str, jobs: int) -> float:
    """Jobs a second of one worker, traced so."""
    env = {"HERDSMAN_TRACING__ENABLED": str(kind != "off"), "HERDSMAN_TRACING__ENDPOINT": collector}
    trace = tracing.Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "01" if kind == "on" else "00")
    headers = None if kind == "off" else trace.headers()
    with Client(url) as client, workers(url, **env):
        client.pause("bench")
        client.enqueue_many(NewJob("noop", PAYLOAD, "bench", headers=headers) for _ in range(jobs))
        return drain_by_worker(client, jobs)


def main() -> None:
    """All of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=40_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(describe())
    rates: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with store() as url, sink() as collector:
        for _ in range(options.rounds):
            for kind in KINDS:
                rates[kind].append(rate(kind, url, collector, options.jobs))
    off = statistics.median(rates["off"])
    for kind, found in rates.items():
        median = statistics.median(found)
        us = (1 / median - 1 / off) * 1e6
        print(f"{kind:12} {median:9,.0f} jobs/s ({min(found):,.0f}-{max(found):,.0f}), {us:+.0f} us a job")
    loaded = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    print(f"loading it: {loaded.stdout.strip()}")
    began = time.perf_counter()
    for _ in range(1_000_000):
        _ = tracing.producer is None
    print(f"the question that every enqueue asks: {(time.perf_counter() - began) * 1000:.0f} ns")


if __name__ == "__main__":
    main()
