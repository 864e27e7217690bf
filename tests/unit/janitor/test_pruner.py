from collections.abc import Mapping

from engine.jobs.job import QueueFigures
from engine.store.calls import Depths, Pruned
from janitor.duty import Pass
from janitor.pruner import Pruner


class FakeEngine:
    def __init__(self, removed: int = 0, **dead: int) -> None:
        self.removed = removed
        self.dead = dead
        self.calls: list[tuple[int, Mapping[str, float] | None]] = []
        self.most: Mapping[str, int] | None = None

    def figures(self) -> Depths:
        return Depths(0.0, 0.0, {name: QueueFigures(dead=count) for name, count in self.dead.items()})

    def prune(
        self,
        limit: int = 0,
        *,
        dead_after: Mapping[str, float] | None = None,
        dead_most: Mapping[str, int] | None = None,
    ) -> Pruned:
        self.calls.append((limit, dead_after))
        self.most = dead_most
        return Pruned(self.removed, dict.fromkeys(dead_most or {}, 1))


def test_it_runs_at_a_fifth_of_the_janitors_pace() -> None:
    assert Pruner(FakeEngine(), 2.0).interval == 10.0


def test_what_fits_a_pass_waits_for_the_interval() -> None:
    assert Pruner(FakeEngine(9), 1.0, limit=10).run_once() == Pass(9, None)


def test_a_full_pass_asks_for_another_at_once() -> None:
    assert Pruner(FakeEngine(10), 1.0, limit=10).run_once() == Pass(10, 0.0)


def test_dead_letters_age_by_their_queues_own_rule() -> None:
    engine = FakeEngine(short=2, forever=1, empty=0)
    ages = {"short": 60.0, "forever": 0.0, "empty": 60.0}
    Pruner(engine, 1.0, ages.__getitem__, limit=10).run_once()
    assert engine.calls == [(10, {"short": 60.0})]


def test_only_queues_with_too_many_dead_letters_lose_the_oldest_and_it_is_said(caplog) -> None:
    engine = FakeEngine(crowded=9, roomy=5, unlimited=9)
    most = {"crowded": 5, "roomy": 5, "unlimited": 0}
    Pruner(engine, 1.0, dead_most=most.__getitem__).run_once()
    assert engine.most == {"crowded": 5}
    assert "queue crowded: the 1 oldest dead letters were dropped (dlq_max: 5)" in caplog.text
