"""Queues that are closed and opened, and schedules that are put and deleted by API."""

from hypothesis import strategies as st

from engine import QueueFull
from engine.schedules import schedule
from engine.schedules.schedule import ScheduleNotFound, ScheduleTaken
from tests.walks.world import QUEUES, World, verb

MINE = ("one", "two")


class Gates(World):
    """Doors, and clocks."""

    def __init__(self):
        super().__init__()
        self.put_by_hand = {}

    @verb(queue=st.sampled_from(QUEUES), closed=st.sampled_from([True, False, False]))
    def gate(self, queue, closed):
        act = self.client.intake.close if closed else self.client.intake.open
        assert act(queue) == ((queue in self.closed) != closed)
        (self.closed.add if closed else self.closed.discard)(queue)
        assert self.client.intake.closed() == sorted(self.closed)

    @verb(name=st.sampled_from([*MINE, "clock"]), task=st.sampled_from(["t", "u"]))
    def put(self, name, task):
        one = schedule.Schedule(name=name, task=task, cron="0 0 1 1 *", queue="low")
        try:
            assert self.client.schedules.put(one) == (name not in self.put_by_hand)
        except ScheduleTaken:
            assert name == "clock"
        else:
            assert name != "clock"
            self.put_by_hand[name] = one

    put_2 = put

    @verb(name=st.sampled_from([*MINE, "clock"]))
    def retract(self, name):
        try:
            gone = self.client.schedules.delete(name)
        except ScheduleTaken:
            assert name == "clock"
        else:
            assert gone == (self.put_by_hand.pop(name, None) is not None)

    @verb()
    def look_at_puts(self):
        found = [schedule.read(one) for one in self.client.run(schedule.puts()).definitions]
        assert sorted(found, key=lambda one: one.name) == [one for _, one in sorted(self.put_by_hand.items())]
        assert set(self.client.run(schedule.successes(10))) == {*self.put_by_hand, "clock"}

    @verb(name=st.sampled_from(MINE))
    def run_what_was_put(self, name):
        one = schedule.Schedule(name=name, task="t", cron="0 0 1 1 *", queue="low")
        try:
            job = self.client.run(schedule.run(one))
        except ScheduleNotFound:
            assert name not in self.put_by_hand
        except QueueFull:
            assert self.full("low", 1)
        else:
            assert name in self.put_by_hand
            assert not self.full("low", 1)
            self.model.new(job, "low")
