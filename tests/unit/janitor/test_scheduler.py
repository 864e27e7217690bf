from engine.errors import QueueFull
from engine.payloads import payload
from engine.schedules.schedule import Declared, Fired, Puts, Schedule, Seen, Sight
from engine.store.calls import Call
from janitor.scheduler import DECLARED_EVERY, Scheduler

NOW = 1_700_000_000 // 3600 * 3600
HOURLY = Schedule(name="hourly", task="t", cron="0 * * * *")
MINUTELY = Schedule(name="minutely", task="t", cron="* * * * *", overlap="queue_one")


PUT = Schedule(name="put", task="t", cron="0 * * * *")


class FakeEngine:
    """Answers `look` with what it was given, and notes every other call."""

    def __init__(self, *sights: Sight | None, now: float = NOW + 0.5) -> None:
        self.seen = Seen(now, list(sights))
        self.fired: list[tuple[str, int, str]] = []
        self.declared: list[list[str]] = []
        self.answer = Fired("fired", "1-2-3")
        self.puts = Puts(0, [])
        self.definitions: list[bytes] = []

    def run(self, call: Call[object]) -> object:
        match call.script:
            case "look":
                return self.seen
            case "puts":
                return self.puts
            case "declare":
                self.declared.append(call.args[2::4])
                return Declared(["old"], [])
        self.fired.append((call.args[0], call.args[1], call.args[2]))
        self.definitions.append(call.args[-1])
        return self.answer


def scheduler(engine, *schedules, clock=lambda: 0.0):
    return Scheduler(engine, 1.0, schedules, "host:file", clock)


def test_it_sleeps_until_the_next_slot_but_no_longer_than_its_interval():
    engine = FakeEngine(Sight(NOW, None, 0, paused=False), now=NOW + 3599.75)
    assert scheduler(engine, HOURLY).run_once() == (0, 0.25)
    engine.seen = Seen(NOW + 10.0, engine.seen.sights)
    assert scheduler(engine, HOURLY).run_once() == (0, 1.0)
    assert engine.fired == []


def test_what_is_due_is_fired():
    engine = FakeEngine(Sight(NOW - 3600, None, 0, paused=False), Sight(NOW - 60, None, 0, paused=False))
    assert scheduler(engine, HOURLY, MINUTELY).run_once() == (2, 1.0)
    assert engine.fired == [("hourly", NOW, "allow"), ("minutely", NOW, "queue_one")]


def test_a_firing_that_waits_is_tried_when_no_job_is_left():
    for waits in (Sight(NOW, NOW - 60, 1, paused=False), Sight(NOW, NOW - 60, 0, paused=True)):
        engine = FakeEngine(waits)
        scheduler(engine, MINUTELY).run_once()
        assert engine.fired == []
    engine = FakeEngine(Sight(NOW, NOW - 60, 0, paused=False))
    assert scheduler(engine, MINUTELY).run_once().handled == 1
    assert engine.fired == [("minutely", NOW - 60, "queue_one")]


def test_a_full_queue_is_told_once_and_does_not_stop_the_others(caplog):
    engine = FakeEngine(Sight(NOW - 7200, None, 0, paused=False), Sight(NOW - 60, None, 0, paused=False))
    engine.answer = Fired("full", full=QueueFull("default", 7))
    duty = scheduler(engine, HOURLY, MINUTELY)
    assert duty.run_once() == (0, 1.0)
    assert [name for name, *_ in engine.fired] == ["hourly", "minutely"]
    duty.run_once()
    assert sum("queue 'default' is full" in record.message for record in caplog.records) == 2  # one a schedule


def test_missed_slots_that_are_not_made_up_for_go_by():
    engine = FakeEngine(Sight(NOW - 86400, None, 0, paused=False), now=NOW + 1800)
    scheduler(engine, Schedule(name="s", task="t", cron="0 * * * *", misfire="skip")).run_once()
    assert engine.fired == [("s", NOW, "pass")]


def test_it_declares_at_once_then_now_and_then_and_when_the_store_forgot():
    now = [0.0]
    engine = FakeEngine(Sight(NOW, None, 0, paused=False))
    duty = scheduler(engine, HOURLY, clock=lambda: now[0])
    duty.run_once()
    duty.run_once()
    assert engine.declared == [["hourly"]]
    now[0] = DECLARED_EVERY
    duty.run_once()
    assert len(engine.declared) == 2
    engine.seen = Seen(NOW, [None])
    duty.run_once()
    duty.run_once()
    assert len(engine.declared) == 3


def test_without_schedules_it_takes_back_its_old_ones_and_listens_for_those_of_clients(caplog):
    caplog.set_level("INFO")
    engine = FakeEngine()
    assert scheduler(engine).run_once() == (0, 1.0)
    assert engine.declared == [[]]
    assert "removed what no config file has any more: old" in caplog.text


def test_what_clients_have_put_is_fired_too_with_the_bytes_it_was_read_from():
    one = payload.encode(PUT)
    engine = FakeEngine()
    engine.puts = Puts(3, [one, b"\xff", payload.encode(HOURLY), payload.encode(PUT_ELSEWHERE)])
    engine.seen = Seen(NOW + 0.5, [Sight(NOW, None, 0, paused=False)], 3)
    duty = scheduler(engine, HOURLY)
    assert duty.run_once() == (0, 0.0)  # it looks again, at these too
    engine.seen = Seen(NOW + 0.5, [Sight(NOW, None, 0, paused=False), Sight(NOW - 3600, None, 0, paused=False)], 3)
    assert duty.run_once() == (1, 1.0)
    assert (engine.fired, engine.definitions) == ([("put", NOW, "allow")], [one])


def test_one_that_was_replaced_meanwhile_is_looked_at_again_at_once():
    engine = FakeEngine(Sight(NOW - 3600, None, 0, paused=False))
    engine.answer = Fired("changed")
    assert scheduler(engine, HOURLY).run_once() == (0, 0.0)


PUT_ELSEWHERE = Schedule(name="odd", task="t", cron="0 * * * *", timezone="Not/Here")
