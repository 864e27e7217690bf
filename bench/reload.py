"""Reloads under load: how long jobs wait before and during them, and whether any is lost, run twice or charged.

python -m bench.reload [reloads]      8 workers, jobs of 5 to 200 ms arriving steadily, 20 reloads in a row
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from bench.herd import ROOT, until
from bench.load import Load
from bench.machine import describe
from config import load, namespace, store_url
from engine import Client

RELOADS = 20
WORKERS = 8
BEFORE_S = 20.0


def main() -> None:
    reloads = int(sys.argv[1]) if len(sys.argv) > 1 else RELOADS
    print(describe())
    with tempfile.TemporaryDirectory(prefix="hb-") as folder:
        path = Path(folder, "config.yaml")
        path.write_text(
            f"data_dir: {folder}/d\ngateway: {{enabled: false}}\nmetrics: {{enabled: false}}\n"
            f"pools: [{{name: bench, tasks: [bench.reload_tasks], instances: {WORKERS}}}]\n"
        )
        env = {**os.environ, "RELOAD_BENCH": f"{folder}/starts"}
        command = [sys.executable, "-m", "supervisor", "-c", str(path)]
        with Path(folder, "log").open("w") as log:
            supervisor = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        config = load(path, {})
        try:
            with Client(store_url(config), namespace=namespace(config)) as client:
                until(lambda: _workers(client) == WORKERS, 20)
                measure(client, [*command, "reload"], env, Path(folder, "starts"), reloads)
        except BaseException:
            print(Path(folder, "log").read_text()[-3000:], file=sys.stderr)
            raise
        finally:
            supervisor.send_signal(signal.SIGTERM)
            supervisor.wait(60)


def measure(client: Client, command: list[str], env: dict[str, str], starts: Path, reloads: int) -> None:
    ids: list[str] = []

    def offer(_number: int, seconds: float) -> None:
        job = {"seconds": seconds, "enqueued_ns": time.monotonic_ns()}
        ids.append(client.enqueue("load", job, keep=3600).id)

    load = Load(offer)
    time.sleep(2)
    began = time.monotonic_ns()
    time.sleep(BEFORE_S)
    reloading, took = time.monotonic_ns(), []
    for _ in range(reloads):
        at = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
        took.append(time.monotonic() - at)
    ended = time.monotonic_ns()
    load.stop()
    jobs = client.wait(ids, 60)
    rows = [line.split() for line in starts.read_text().splitlines()]
    before = [int(row[2]) - int(row[1]) for row in rows if began <= int(row[1]) < reloading]
    during = [int(row[2]) - int(row[1]) for row in rows if reloading <= int(row[1]) < ended]
    again = sum(count > 1 for count in Counter(row[0] for row in rows).values())
    charged = sum((job.attempts, job.crashes) != (1, 0) for job in jobs.values())
    print(f"{reloads} reloads, {sum(took) / len(took):.2f} s each; {len(ids)} jobs: lost {len(ids) - len(jobs)}")
    print(
        f"run twice {again}, charged {charged}, not completed {sum(str(j.state) != 'completed' for j in jobs.values())}"
    )
    for name, waits in (("before", before), ("during", during)):
        print(f"wait {name}: " + ", ".join(f"p{p:g} {quantile(waits, p):.1f} ms" for p in (50, 90, 99, 99.9, 100)))


def quantile(values: list[int], percent: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] / 1e6


def _workers(client: Client) -> int:
    try:
        return len(client.workers())
    except Exception:  # noqa: BLE001 - the store is on its way
        return 0


if __name__ == "__main__":
    main()
