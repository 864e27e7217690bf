"""What the live feed costs: `python -m bench.live [--tabs 10] [--seconds 60] [--rate 5000]`.

A herd with its gateway does so many jobs a second while tabs look at it: the gateway's memory and CPU, and how long a
change takes from the beginning of its reading to a tab that has all of it. Tabs, producer and herd share the machine.
"""

import argparse
import asyncio
import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import psutil
from websockets.asyncio.client import connect

import config
from bench.herd import PAYLOAD, ROOT, until
from bench.machine import describe
from engine import Client

PORT = 5981
MB = 1 << 20
BATCH = 50
TOPICS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("overview", {}),
    ("queues", {}),
    ("workers", {}),
    ("pools", {}),
    ("jobs", {"limit": 50}),
    ("groups", {}),
    ("schedules", {}),
    ("deaths", {}),
)


class Producer(threading.Thread):
    """Enqueues so many jobs a second until it is stopped."""

    def __init__(self, client: Client, rate: float) -> None:
        super().__init__()
        self.sent = 0
        self.stopped = threading.Event()
        self._client = client
        self._pause = BATCH / rate

    def run(self) -> None:
        """Keep to the rate, on average."""
        due = time.monotonic()
        while not self.stopped.is_set():
            self._client.enqueue_many((("noop", PAYLOAD) for _ in range(BATCH)), queue="bench")
            self.sent += BATCH
            due += self._pause
            time.sleep(max(0.0, due - time.monotonic()))


class Tally:
    """What all tabs have seen."""

    def __init__(self) -> None:
        self.latencies: list[float] = []
        self.lags: list[float] = []
        self.intervals: set[float] = set()
        self.bytes = 0
        self.frames = 0


async def tab(tally: Tally, seconds: float) -> None:
    """One tab: subscribes, acknowledges each tick, and notes when it had all of a round."""
    numbers = itertools.count(1)
    async with connect(f"ws://127.0.0.1:{PORT}/ws", compression=None) as socket:
        for name, args in TOPICS:
            await socket.send(json.dumps({"t": "sub", "id": next(numbers), "topic": name, "args": args}))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = await socket.recv()
            frame = json.loads(text)
            tally.bytes += len(text)
            tally.frames += 1
            if frame["t"] == "tick":
                tally.latencies.append(time.time() - frame["now"] + frame["lag"])
                tally.lags.append(frame["lag"])
                tally.intervals.add(frame["interval"])
                await socket.send(json.dumps({"t": "ack", "n": frame["n"]}))


def measure(gateway: psutil.Process, client: Client, tabs: int, seconds: float, rate: float) -> None:
    """Prints the figures."""
    producer, tally = Producer(client, rate), Tally()
    producer.start()

    async def all_tabs() -> None:
        await asyncio.gather(*(tab(tally, seconds) for _ in range(tabs)))

    looks = threading.Thread(target=lambda: asyncio.run(all_tabs()))
    looks.start()
    time.sleep(seconds * 0.2)
    rss, cpu, sent, began = gateway.memory_info().rss, _cpu(gateway), producer.sent, time.monotonic()
    time.sleep(seconds * 0.75)
    took = time.monotonic() - began
    after, share = gateway.memory_info().rss, (_cpu(gateway) - cpu) / took
    offered = (producer.sent - sent) / took
    looks.join()
    producer.stopped.set()
    producer.join()
    waiting = client.queues()["bench"].pending
    times = sorted(tally.latencies)
    each = tabs * seconds
    print(
        f"{tabs} tabs of {len(TOPICS)} topics, {seconds:.0f} s, {offered:,.0f} jobs/s, {waiting:,} waiting at the end"
    )
    print(f"gateway: {after / MB:.0f} MB (grew {(after - rss) / MB:+.1f} MB in {took:.0f} s), {share:.1%} of a core")
    print(
        f"from reading to tab: p50 {_at(times, 0.5):.0f} ms, p99 {_at(times, 0.99):.0f} ms, max {_at(times, 1):.0f} ms"
    )
    print(f"readings: p50 {_at(sorted(tally.lags), 0.5):.1f} ms, p99 {_at(sorted(tally.lags), 0.99):.1f} ms")
    print(f"a tab: {tally.bytes / each / 1024:.1f} KB/s, {tally.frames / each:.1f} frames/s; {tally.intervals=}")


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _at(ordered: list[float], share: float) -> float:
    """Milliseconds."""
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def main() -> None:
    """Start a herd, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tabs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--rate", type=float, default=5000)
    parser.add_argument("--workers", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        path = Path(folder, "config.yaml")
        path.write_text(
            f"data_dir: {folder}/data\ngateway: {{port: {PORT}}}\nmetrics: {{port: 9181}}\n"
            f"pools: [{{name: bench, tasks: [bench.tasks], queues: [bench], instances: {options.workers}}}]\n"
        )
        loaded = config.load(path, {})
        with Path(folder, "log").open("w") as log:
            herd = subprocess.Popen(
                [sys.executable, "-m", "supervisor", "-c", str(path)], cwd=ROOT, stderr=log, stdout=log
            )
        try:
            with Client(config.store_url(loaded)) as client:
                until(lambda: _is_up(client, options.workers), 30)
                figures = client.figures()
                print(describe(f"{figures.server} {figures.version}"))
                measure(_gateway(herd.pid), client, options.tabs, options.seconds, options.rate)
        finally:
            herd.send_signal(signal.SIGTERM)
            herd.wait(60)


def _is_up(client: Client, workers: int) -> bool:
    try:
        return len(client.workers()) == workers and any(
            one.laddr.port == PORT for one in psutil.net_connections("tcp") if one.status == "LISTEN"
        )
    except Exception:  # noqa: BLE001 - the store is starting
        return False


def _gateway(supervisor: int) -> psutil.Process:
    listening = {one.pid for one in psutil.net_connections("tcp") if one.status == "LISTEN" and one.laddr.port == PORT}
    return psutil.Process(next(pid for pid in listening if pid and pid not in (supervisor, os.getpid())))


if __name__ == "__main__":
    main()
