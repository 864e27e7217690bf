from pathlib import Path

from config import checked
from engine.store.claims import Claimed, Grant
from scoreboard import OTHER, Board, SeriesKind
from worker.run.plans import Plans
from worker.tasks.registry import Registry

CONFIG = checked("queues: {mail: {wait_target: 2s}, default: {}}", Path("/c.yaml"), {})
NOW = 1_000_000


def waited(queue: str, seconds: float) -> Claimed:
    return Claimed("id", 0, 0, 0, 0, "t", b"", b"", 0, 0, NOW - round(seconds * 1000), queue)


def test_jobs_that_waited_longer_than_their_queue_s_target_are_counted_as_late() -> None:
    with Board.create(1, 1) as board:
        plans = Plans(CONFIG, Registry(), board.series(0))
        plans.announce(["mail", "default"])
        jobs = [waited("mail", 1), waited("mail", 2), waited("mail", 2.5), waited("mail", 60), waited("default", 60)]
        plans.waited(Grant(jobs, NOW, 0, 0))
        seen = {row.queue: (row.count, row.late) for row in board.series(0).rows()}
    assert seen == {"mail": (4, 2), "default": (1, 0)}


def test_any_number_of_types_that_no_task_is_known_of_has_one_row() -> None:
    with Board.create(1, 1) as board:
        plans = Plans(CONFIG, Registry(), board.series(0))
        for number in range(5000):
            plans.find("mail", f"invented-{number}").tally.count("released")
        plans.flush()
        rows = [row for row in board.series(0).rows() if row.kind is SeriesKind.JOBS]
    assert [(row.queue, row.type, row.outcomes["released"]) for row in rows] == [("mail", OTHER, 5000)]
