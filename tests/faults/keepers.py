"""What keepers and janitors call."""

from engine.charts.counting import Depths, Keep, Runs, count, sample
from engine.charts.vector import pack
from engine.dead import alarm
from engine.dead.graveyard import Position
from engine.store.claims import Done
from tests.faults.stage import BASE, URL, Stage, Verb

RUNS = {"jdefault\tt": pack({Runs.DONE: 3, Runs.FAILED: 1, Runs.HISTOGRAM + 4: 3})}
DEEP = {"default": {Depths.DEPTH: 3, Depths.DEPTH_MOST: 3}}
GROUP = alarm.Group("f" * 12, "default", "t", "ValueError", "no", "1-1-1")


def _expired(stage):
    [lease] = stage.held(1)
    stage.hand.complete([Done(lease, b"\x01", 60)])
    job = lease.partition("/")[0]
    stage.store.client.delete(f"{BASE}:job:{job}")
    stage.store.client.zadd(f"{BASE}:finished", {job: 0})


def _lapsed(stage):
    leases = stage.held(2, lease=0)
    stage.hand.extend([stage.info(leases[0].partition("/")[0])], [], 30)


def _parked(stage):
    """One job that nobody knows."""
    stage.hand.park(stage.held(1)[0], "t")


def _alarmed(stage):
    """An alarm that is over."""
    stage.dead()
    stage.direct.run(alarm.cross("default", 1, None))


VERBS = {
    "alarm": Verb(lambda s, _: s.client.run(alarm.cross("default", 2, URL)), Stage.dead, answers=True),
    "alarm: over": Verb(lambda s, _: s.client.run(alarm.cross("default", 0, URL)), _alarmed, answers=True),
    "alarm: parked": Verb(lambda s, _: s.client.run(alarm.cross_parked("default", URL)), _parked, answers=True),
    "count": Verb(lambda s, _: bool(s.keeper.run(count("board", RUNS, young=True, keep=Keep())))),
    "extend": Verb(lambda s, on: s.keeper.extend([s.info(on[0].partition("/")[0])], on, 60).cancels, Stage.held),
    "notice": Verb(
        lambda s, _: s.client.run(alarm.notice("default", [GROUP], Position("default", 2, "1-1-2"), URL)), answers=True
    ),
    "promote": Verb(lambda s, _: s.keeper.promote(), lambda s: s.jobs(run_at=0)),
    "prune": Verb(lambda s, _: s.keeper.prune(), _expired),
    "prune: dead letters": Verb(lambda s, _: s.keeper.prune(dead_most={"default": 1}), lambda s: s.dead(3)),
    "rescue": Verb(lambda s, _: s.keeper.rescue(grace=0, max_crashes=1), _lapsed),
    "sample": Verb(lambda s, _: s.keeper.run(sample(DEEP, 60, Keep())) in (True, False), Stage.jobs),
    "settle": Verb(lambda s, on: s.keeper.settle(7, "oom", on[:1], charged=True, max_crashes=3), Stage.held),
}
