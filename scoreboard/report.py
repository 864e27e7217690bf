"""Everything on a board as plain values, for JSON and for people. Ages are seconds before the moment given."""

from typing import Any

from scoreboard.board import Board
from scoreboard.layout import LAYOUT_VERSION
from scoreboard.states import EntryState, SeatState
from scoreboard.worker_snapshot import Entry, WorkerSnapshot


def collect(board: Board, now_ns: int) -> dict[str, Any]:
    """Copy the whole board; `now_ns` is monotonic. Empty slots and pools are left out."""
    return {
        "layout_version": LAYOUT_VERSION,
        "creator_pid": board.creator_pid,
        "age_s": _age(board.created_ns, now_ns),
        "slots": board.slots,
        "pools": [_pool(board, number) for number in range(board.pools) if board.pool(number).name],
        "seats": [_seat(board, slot, now_ns) for slot in range(board.slots) if _in_use(board, slot)],
        "logger": _logger(board),
    }


def _in_use(board: Board, slot: int) -> bool:
    seat = board.seat(slot)
    # The worker's own page is not asked: reading a hole of the memfd would allocate it.
    return seat.state is not SeatState.EMPTY or seat.pid != 0


def _pool(board: Board, number: int) -> dict[str, Any]:
    pool = board.pool(number)
    return {
        "number": number,
        "name": pool.name,
        "desired": pool.desired,
        "generation": pool.generation,
        "figures": board.figures(number).read(),
    }


def _seat(board: Board, slot: int, now_ns: int) -> dict[str, Any]:
    seat = board.seat(slot).snapshot()
    keeper = board.keeper(slot)
    return {
        "slot": slot,
        "pool": board.pool(seat.pool).name if seat.pool < board.pools else "",
        "generation": seat.generation,
        "state": seat.state.name,
        "pid": seat.pid,
        "since_s": _age(seat.since_ns, now_ns),
        "restarts": seat.restarts,
        "rss": seat.rss,
        "intent": seat.intent.name,
        "last_death": {"cause": seat.cause.name, "code": seat.exit_code, "signal": seat.exit_signal},
        "worker": _worker(board.worker(slot).snapshot(), now_ns),
        "keeper": {
            "revoked": keeper.revoked()._asdict(),
            "kill_cause": keeper.kill_cause.name,
            "killed_pid": keeper.killed_pid,
            "extended_s": _age(keeper.last_extend_ns, now_ns),
            "extends_failed": keeper.extends_failed,
        },
        "series": len(board.series(slot).rows()),
    }


def _worker(worker: WorkerSnapshot, now_ns: int) -> dict[str, Any]:
    return {
        "pid": worker.pid,
        "incarnation": f"{worker.incarnation:x}",
        "generation": worker.generation,
        "state": worker.state.name,
        "task": worker.task,
        "beat_s": _age(worker.beat_ns, now_ns),
        "up_s": _age(worker.started_at_ns, now_ns),
        "jobs_done": worker.jobs_done,
        "batch": worker.batch,
        "call": worker.call,
        "in_flight": worker.in_flight,
        "claimed_s": _age(worker.claimed_ns, now_ns),
        "exit_reason": worker.exit_reason.name,
        "torn": worker.torn,
        "entries": [
            _entry(index, entry, now_ns)
            for index, entry in enumerate(worker.entries)
            if entry.state is not EntryState.FREE
        ],
    }


def _entry(index: int, entry: Entry, now_ns: int) -> dict[str, Any]:
    return {
        "index": index,
        "id": f"{entry.lane}-{entry.ms}-{entry.seq}",
        "token": entry.token,
        "state": entry.state.name,
        "started_s": _age(entry.started_ns, now_ns),
        "hard_limit_in_s": round((entry.hard_ns - now_ns) / 1e9, 3) if entry.hard_ns else None,
    }


def _logger(board: Board) -> dict[str, int]:
    logger = board.logger()
    return {
        "written_bytes": logger.written_bytes,
        "dropped_bytes": logger.dropped_bytes,
        "lines": logger.lines,
    }


def _age(then_ns: int, now_ns: int) -> float | None:
    return round((now_ns - then_ns) / 1e9, 3) if then_ns else None
