from dataclasses import dataclass, field

from supervisor.shutdown import AFTER_KILL_S, Shutdown, Stage


@dataclass
class Fake:
    """A ward whose end the test decides."""

    name: str
    stop_timeout: float = 10.0
    down: bool = False
    heard: list[tuple[str, float]] = field(default_factory=list)

    def stop(self, now: float) -> None:
        self.heard.append(("stop", now))

    def kill(self, now: float) -> None:
        self.heard.append(("kill", now))

    def is_down(self) -> bool:
        return self.down


def both() -> tuple[Fake, Fake, Shutdown]:
    first, last = Fake("workers"), Fake("store")
    return first, last, Shutdown([Stage("workers", [first]), Stage("store", [last])])


def test_a_stage_begins_only_when_the_one_before_is_empty() -> None:
    workers, store, shutdown = both()
    assert shutdown.advance(0.0) == 10.0 + AFTER_KILL_S
    assert (workers.heard, store.heard) == ([("stop", 0.0)], [])
    workers.down = True
    shutdown.advance(3.0)
    assert store.heard == [("stop", 3.0)]
    assert shutdown.stage == "store"
    store.down = True
    assert shutdown.advance(4.0) is None
    assert shutdown.done
    assert shutdown.clean


def test_what_overstays_is_killed_and_then_left_behind_uncleanly() -> None:
    workers, store, shutdown = both()
    shutdown.advance(0.0)
    at = 10.0 + AFTER_KILL_S
    assert shutdown.advance(at) == at + AFTER_KILL_S
    assert workers.heard == [("stop", 0.0), ("kill", at)]
    shutdown.advance(at + AFTER_KILL_S)
    assert store.heard == [("stop", at + AFTER_KILL_S)]
    assert not shutdown.clean


def test_a_killed_ward_that_leaves_in_time_leaves_the_shutdown_clean() -> None:
    workers, _, shutdown = both()
    shutdown.advance(0.0)
    shutdown.advance(10.0 + AFTER_KILL_S)
    workers.down = True
    shutdown.advance(11.0 + AFTER_KILL_S)
    assert shutdown.stage == "store"
    assert shutdown.clean


def test_in_a_hurry_each_stage_is_killed_as_it_begins() -> None:
    workers, store, shutdown = both()
    shutdown.advance(0.0)
    shutdown.hurry(1.0)
    shutdown.hurry(1.5)
    assert workers.heard == [("stop", 0.0), ("kill", 1.0)]
    workers.down = True
    shutdown.advance(2.0)
    assert store.heard == [("stop", 2.0), ("kill", 2.0)]


def test_an_empty_stage_is_passed_through_at_once() -> None:
    down = Fake("gateway", down=True)
    shutdown = Shutdown([Stage("gateway", [down]), Stage("nobody", [])])
    assert shutdown.advance(0.0) is None
    assert shutdown.done
