"""Schedules: declared, fired, paused, run by hand."""

from hypothesis import strategies as st

from engine import QueueFull
from engine.schedules import schedule
from tests.walks.world import BASE, World, verb


class Firing(World):
    """What janitors and people do with a schedule."""

    @verb(overlap=st.sampled_from(["allow", "skip", "queue_one"]), step=st.integers(-1, 3))
    def fire(self, overlap, step):
        one = schedule.Schedule(name="clock", task="t", cron="* * * * *", queue="low", overlap=overlap)
        sky, self.sky.next = self.sky.next, "fair"
        before = self.client.run(schedule.look(["clock"])).sights[0]
        slot = before.held if step < 0 and before.held else max(1, before.slot + step)
        self.sky.next = sky
        said = self.told(lambda: self.client.run(schedule.fire(one, slot)))
        state = self.store.client.hgetall(f"{BASE}:schedule:clock")
        job = state.get(b"job", b"").decode()
        if job and job not in self.model.jobs:
            assert slot not in self.slots, f"slot {slot} fired twice"
            assert overlap == "allow" or not before.open
            assert not before.paused
            assert said is None or said.job == job
            self.slots.add(slot)
            self.model.new(job, "low")
        else:
            assert said is None or said.outcome != "fired"
            if said and said.outcome == "full":
                assert self.full("low", 1)

    @verb()
    def run(self):
        one = schedule.Schedule(name="clock", task="t", cron="* * * * *", queue="low")
        try:
            job = self.client.run(schedule.run(one))
        except QueueFull:
            assert self.full("low", 1)
        else:
            assert not self.full("low", 1)
            self.model.new(job, "low")

    @verb(paused=st.booleans())
    def halt(self, paused):
        self.client.run(schedule.halt("clock", paused=paused))
        self.store.client.hset(f"{BASE}:schedule:clock", "slot", max(self.slots, default=0))  # not the wall's clock

    @verb(cron=st.sampled_from(["* * * * *", "*/2 * * * *"]))
    def declare(self, cron):
        self.client.run(schedule.declare("file", [schedule.Schedule(name="clock", task="t", cron=cron)]))
        self.store.client.hset(f"{BASE}:schedule:clock", "slot", max(self.slots, default=0))
