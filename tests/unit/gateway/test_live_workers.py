from typing import Any

from gateway.live_workers import SILENT_AFTER, alive, ready


def test_those_that_beat_with_the_others_are_alive(a_worker: Any) -> None:
    workers = [a_worker(slot=0, beat_at=1000.0), a_worker(slot=1, beat_at=1000.9)]
    assert alive(workers, 0.0) == workers


def test_one_that_fell_silent_while_others_beat_is_lost(a_worker: Any) -> None:
    lost, well = a_worker(slot=0, beat_at=1000.0), a_worker(slot=1, beat_at=1001.0 + SILENT_AFTER)
    assert alive([lost, well], 0.0) == [well]


def test_the_janitors_sweep_shows_that_the_last_worker_is_lost(a_worker: Any) -> None:
    assert alive([a_worker(beat_at=1000.0)], 1001.0 + SILENT_AFTER) == []


def test_an_empty_herd_is_empty() -> None:
    assert alive([], 1000.0) == []


def test_only_those_that_take_jobs_are_ready(a_worker: Any) -> None:
    states = ("idle", "busy", "booting", "quiet", "draining", "gone")
    assert ready([a_worker(state=state) for state in states]) == 2
