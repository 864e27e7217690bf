"""Webhooks and alarms: whoever is to be told of an end, or of too many dead letters, is told once."""

from collections import Counter

import msgspec
from hypothesis import strategies as st

from engine import QueueFull
from engine.dead.alarm import Group, cross, notice, over_at
from engine.dead.graveyard import Position
from engine.entrance import webhook
from tests.walks.world import BASE, QUEUES, World, verb

URL = "https://example.com/"
HOOKS = "hooks"  # the queue of the jobs that tell; nobody claims there
EVENTS = ("completed", "dead", "cancelled")


class Hooks(World):
    """Who wants to be told, and what was told."""

    def __init__(self):
        super().__init__()
        self.owed, self.told_of = Counter(), Counter()
        self.alarms, self.groups = set(), set()
        self.store.client.hset(f"{BASE}:traits", webhook.TYPE, f'{{"queue": "{HOOKS}"}}')

    @verb(
        queue=st.sampled_from(QUEUES),
        type_=st.sampled_from(["t", "u", "few"]),
        run_at=st.sampled_from([None, None, None, 0.0, 9e9]),
        events=st.sampled_from([EVENTS, EVENTS, ("dead",)]),
    )
    def enqueue_to_be_told(self, queue, type_, run_at, events):
        target = {"url": URL, "events": list(events)}
        try:
            job = self.client.enqueue(type_, {"n": 0}, queue=queue, run_at=run_at, webhook=target).id
        except QueueFull:
            assert self.full(queue, 1)
            return
        assert not self.full(queue, 1)
        self.model.new(job, queue, {"n": 0}, None if run_at is None else run_at == 0, type_=type_).events = events

    enqueue_to_be_told_2 = enqueue_to_be_told

    @verb(queue=st.sampled_from(QUEUES), limit=st.integers(0, 3), url=st.sampled_from([None, URL]))
    def look_for_alarms(self, queue, limit, url):
        dead = len(self.model.at("dead", queue))
        said = self.told(lambda: self.client.run(cross(queue, limit, url)))
        expected = 0
        if queue not in self.alarms and limit > 0 and dead >= limit:
            expected = dead
            self.alarms.add(queue)
            self.owed["dlq.threshold"] += url is not None
        elif queue in self.alarms and (limit == 0 or dead < over_at(limit)):
            expected = -1
            self.alarms.discard(queue)
        assert said in (None, expected)

    @verb(queue=st.sampled_from(QUEUES), marks=st.sets(st.sampled_from("abcdef")), url=st.sampled_from([None, URL]))
    def look_for_groups(self, queue, marks, url):
        groups = [Group(mark, queue, "t", "ValueError", "no", "1-1-1") for mark in sorted(marks)]
        said = self.told(lambda: self.client.run(notice(queue, groups, Position(queue), url)))
        new = marks - self.groups
        assert said is None or set(said) == new
        self.groups |= new
        self.owed["dlq.new_group"] += len(new) if url else 0

    def hear(self):
        """What the last step made to be told becomes jobs of the model; all that is owed was told, once."""
        for job, place in self.model.ends:
            if job.events and ("completed" if place == "gone" else place) in job.events:
                self.owed[job.id] += 1
        self.model.ends.clear()
        lane = next((number for number, one in self.model.lanes.items() if one.queue == HOOKS), None)
        for _, fields in self.shot.xrange(f"{BASE}:lane:{lane}") if lane else ():
            job = fields[b"ref"].decode()
            if job in self.model.jobs:
                continue
            data = msgspec.msgpack.decode(self.shot.hget(f"{BASE}:job:{job}", "p"))
            self.model.new(job, HOOKS, data, type_=webhook.TYPE)
            self.told_of[data["data"].get("id", data["event"])] += 1
        assert self.told_of == +self.owed, "not told, or told twice"
