"""A large idle herd: `python -m bench.herd_size [--workers 200] [--seconds 20] [--kills 20]`.

How long until all workers run, what the supervisor costs while they are idle (CPU, RSS), and the time from the death
of a worker to its replacement running: until the record of its slot bears a new pid and says IDLE.
"""

import argparse
import os
import signal
import statistics
import time
from collections import defaultdict

import psutil

from bench.footprint import MB, cpu, idle_herd, members
from bench.herd import until
from bench.machine import describe
from scoreboard import Board, SeatState, WorkerState

_PACE_S = 0.25  # between two kills


def board_of(mark: str) -> Board:
    """The scoreboard of the herd that bears the mark, looked at through the open file of one of its processes."""
    for process in members(mark):
        fd = process.environ().get("HERDSMAN_SCOREBOARD_FD")
        if fd is not None:
            return Board.attach(os.open(f"/proc/{process.pid}/fd/{fd}", os.O_RDWR | os.O_CLOEXEC))
    raise LookupError("no process of the herd has a scoreboard")


def seated(board: Board) -> list[int]:
    """Slots whose workers run and are idle."""
    return [
        slot
        for slot in range(board.slots)
        if board.seat(slot).state is SeatState.RUNNING and board.worker(slot).snapshot().state is WorkerState.IDLE
    ]


def replaced(board: Board, slot: int) -> float:
    """Kill the worker in the slot; seconds until its successor is idle."""
    record = board.worker(slot)
    old = record.snapshot().pid
    begun = time.perf_counter()
    os.kill(old, signal.SIGKILL)

    def successor() -> bool:
        seen = record.snapshot()
        return seen.pid != old and seen.state is WorkerState.IDLE

    until(successor, 20, step=0.0002)
    return time.perf_counter() - begun


def spent(mark: str, supervisor: int) -> str:
    """CPU seconds so far, by role: these do not depend on what else the machine does."""
    sums: dict[str, float] = defaultdict(float)
    for process in members(mark):
        title = " ".join(process.cmdline())
        role = next((role for role in ("keeper", "zygote", "worker", "server") if role in title), "others")
        sums["supervisor" if process.pid == supervisor else role] += cpu(process)
    return ", ".join(f"{role} {seconds:.2f} s" for role, seconds in sorted(sums.items()))


def measure(mark: str, supervisor: psutil.Process, options: argparse.Namespace) -> None:
    """Prints the figures of a herd that is all up."""
    shares = {process.pid: (process, cpu(process)) for process in members(mark)}
    begun, before = time.monotonic(), cpu(supervisor)
    time.sleep(options.seconds)
    took = time.monotonic() - begun
    print(f"supervisor, idle: {100 * (cpu(supervisor) - before) / took:.2f} % CPU, ", end="")
    print(f"{supervisor.memory_info().rss / MB:.1f} MB RSS")
    for process, was in shares.values():
        share = 100 * (cpu(process) - was) / took
        if share > 1.0 and process.pid != supervisor.pid:
            print(f"beside it: {share:.2f} % CPU, {' '.join(process.cmdline())[:70]}")
    board = board_of(mark)
    slots = seated(board)
    times = []
    for number in range(options.kills):
        times.append(1000 * replaced(board, slots[number * 7 % len(slots)]))
        time.sleep(_PACE_S)
    spread = f"median {statistics.median(times):.1f} ms, least {min(times):.1f}, most {max(times):.1f}"
    print(f"kill -9 to replacement idle, {len(times)} times: {spread}")


def main() -> None:
    """Start, measure, stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--kills", type=int, default=20)
    options = parser.parse_args()
    print(describe())
    with idle_herd(options.workers) as (mark, process):
        print(f"CPU until then: {spent(mark, process.pid)}")
        time.sleep(3)
        measure(mark, psutil.Process(process.pid), options)
        begun = time.monotonic()
    print(f"all down after {time.monotonic() - begun:.2f} s")


if __name__ == "__main__":
    main()
