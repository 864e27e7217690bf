"""The turns of a program's instances, with services of straw."""

import math
from dataclasses import dataclass, field

from supervisor.processes.children import Exit
from supervisor.services.rota import Rota
from supervisor.services.rule import Rule
from supervisor.services.states import State


@dataclass(eq=False)
class Straw:
    name: str
    state: State = State.RUNNING
    rule: Rule = field(default_factory=Rule)
    wanted: bool = True
    last_exit: Exit | None = None
    restarts: list[str] = field(default_factory=list)

    @property
    def child(self) -> object | None:
        return self if self.state in (State.RUNNING, State.STARTING, State.DRAINING) else None

    def restart(self, _now: float, cause: str) -> None:
        self.restarts.append(cause)
        self.state = State.DRAINING


def rota(*services: Straw) -> Rota:
    return Rota(lambda: services)  # type: ignore[arg-type]  # straw


def test_the_next_one_goes_when_the_last_runs_again():
    first, second = Straw("0"), Straw("1")
    turns = rota(first, second)
    assert math.isinf(turns.reconcile(0.0))
    turns.ask("cron")
    for state in (State.DRAINING, State.STOPPED, State.STARTING):
        turns.reconcile(0.0)
        first.state = state
        assert (first.restarts, second.restarts) == (["cron"], [])
    first.state = State.RUNNING
    turns.reconcile(0.0)
    assert second.restarts == ["cron"]
    second.state = State.RUNNING
    assert math.isinf(turns.reconcile(0.0))


def test_one_that_cannot_start_keeps_nobody_waiting():
    first, second = Straw("0"), Straw("1")
    turns = rota(first, second)
    turns.ask("watch")
    turns.reconcile(0.0)
    first.state = State.BACKOFF
    turns.reconcile(0.0)
    assert second.restarts == ["watch"]


def test_a_one_shot_at_work_is_left_alone_and_one_that_ended_runs_again():
    busy, done = Straw("0", rule=Rule(restart="never")), Straw("1", State.EXITED, Rule(restart="never"))
    turns = rota(busy, done)
    turns.ask("cron")
    turns.reconcile(0.0)
    assert (busy.restarts, done.restarts) == ([], ["cron"])


def test_what_was_stopped_or_gave_up_or_ended_for_good_stays_so():
    final = Rule(final=frozenset({Exit(code=9)}))
    left = [
        Straw("0", State.STOPPED, wanted=False),
        Straw("1", State.FATAL),
        Straw("2", State.EXITED, final, last_exit=Exit(code=9)),
    ]
    turns = rota(*left)
    turns.ask("cron")
    assert math.isinf(turns.reconcile(0.0))
    assert [one.restarts for one in left] == [[], [], []]


def test_asked_again_and_again_every_one_has_its_turn():
    first, second = Straw("0"), Straw("1")
    turns = rota(first, second)
    for _ in range(4):
        turns.ask("watch")
        turns.reconcile(0.0)
        first.state = second.state = State.RUNNING
    assert (first.restarts, second.restarts) == (["watch"] * 2, ["watch"] * 2)
