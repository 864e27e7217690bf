"""Flows: small ones are submitted, grow, are cancelled and forgotten; workers know nothing of it. What a member's end
does to others is read from the store and must be right by the model: nobody starts before its parents have ended,
nobody waits for nothing, and a flow is over when all its members have ended.
"""

import pytest
from hypothesis import strategies as st

from engine import Flow, FlowEnded, LeaseLost, NewJob, QueueFull
from engine.flows import flow_calls
from tests.walks.world import BASE, NUMBERS, QUEUES, World, verb

ENDED = ("dead", "completed", "cancelled", "gone")
SHAPES = {  # member -> those it waits for
    "chain": {"a": "", "b": "a", "c": "b"},
    "chord": {"a": "", "b": "", "c": "ab"},
    "diamond": {"a": "", "b": "a", "c": "a", "d": "bc"},
}
URL = {"url": "https://example.com/", "events": ["completed", "dead", "cancelled"]}


class Known:
    """One flow."""

    def __init__(self, flow):
        self.id = flow
        self.members, self.parents = {}, {}  # name -> job, {name of a parent: policy}
        self.stopped = self.gone = False

    def add(self, name, job, parents):
        self.members[name], self.parents[name] = job, parents
        job.flow, job.name = self, name

    @property
    def over(self):
        return all(job.place in ENDED for job in self.members.values())


class Flowing(World):
    """What producers, people and running jobs do with flows."""

    def __init__(self):
        super().__init__()
        self.flows = []

    @verb(
        shape=st.sampled_from(sorted(SHAPES)),
        policy=st.sampled_from(["fail", "continue", "ignore", "wait"]),
        queue=st.sampled_from(QUEUES),
        told=st.booleans(),
    )
    def submit_flow(self, shape, policy, queue, told):
        flow, made = Flow(shape), {}
        for name, parents in SHAPES[shape].items():
            after = {made[parent]: policy for parent in parents}
            made[name] = flow.job("t", name, name=name, queue=queue, after=after, webhook=URL if told else None)
        try:
            handle = self.client.flows.submit(flow)
        except QueueFull:
            assert self.full(queue, len(made))
            return
        assert not self.full(queue, len(made))
        known = Known(handle.id)
        for name, parents in SHAPES[shape].items():
            job = self.model.new(handle.ids[name], queue, name, due=False)
            job.held, job.events = True, URL["events"] if told else ()
            known.add(name, job, dict.fromkeys(parents, policy))
        self.flows.append(known)

    submit_flow_2 = submit_flow_3 = submit_flow

    @verb(number=NUMBERS, name=st.sampled_from("xy"), queue=st.sampled_from(QUEUES))
    def spawn(self, number, name, queue):
        _, lease = self.pick(number, self.leases) or (None, None)
        if lease is None:
            return
        parent = self.model.of(lease)
        call = flow_calls.spawn(lease, "t", name, NewJob("t", {"n": 0}, queue=queue))
        if parent is None:
            with pytest.raises(LeaseLost):
                self.client.run(call)
            return
        flow = parent.flow if parent.flow and not parent.flow.gone else None
        called = f"{parent.name if flow else 't'}/{name}"
        same = flow and flow.members.get(called)
        try:
            said = self.client.run(call)
        except FlowEnded:
            assert flow.stopped
            assert not same
            return
        except QueueFull:
            assert self.full(queue, 1)
            assert not same
            return
        assert same or not ((flow and flow.stopped) or self.full(queue, 1))
        if same:
            assert said.id == same.id
            return
        if flow is None:
            flow = Known(said.flow)
            self.flows.append(flow)
            flow.add("t", parent, {})
        assert said.flow == flow.id
        for child, parents in flow.parents.items():
            if parent.name in parents and flow.members[child].held:
                parents[called] = parents[parent.name]
        flow.add(called, self.model.new(said.id, queue, {"n": 0}), {})

    spawn_2 = spawn

    @verb(number=NUMBERS)
    def stop(self, number):
        flow = self.pick(number, self._standing())
        if flow is None:
            return
        was_over = flow.over
        assert self.client.ask(flow_calls.stop(flow.id)) == (flow.stopped or not was_over)
        if was_over:
            return
        flow.stopped = True
        for job in flow.members.values():
            if job.place in ("pending", "scheduled"):
                self.model.end(job, "cancelled")
            elif job.place == "processing":
                job.asked = True

    stop_2 = stop

    @verb(number=NUMBERS, passes=st.booleans())
    def proceed(self, number, passes):
        """What flows have left to do; and the time of one that is over has come."""
        flow = self.pick(number, [one for one in self._standing() if one.over])
        if flow and passes:
            assert self.store.client.zadd(f"{BASE}:flows:over", {flow.id: 0}, ch=True)
            flow.gone = True
            for job in flow.members.values():
                if job.place in ("completed", "cancelled"):
                    self.model.end(job, "gone")
        self.client.ask(flow_calls.proceed())

    @verb(number=NUMBERS)
    def look_at_flows(self, number):
        standing = self._standing()
        assert {info.id for info in self.client.flows.list(1000)} == {flow.id for flow in standing}
        flow = self.pick(number, standing)
        if flow is None:
            return
        info, members = self.client.ask(flow_calls.find(flow.id))
        assert info.state == self._state(flow)
        for member in members:
            job = flow.members[member.name]
            assert member.id == job.id
            assert member.waiting == job.held
            assert job.place in (member.state, "gone")
        job = self.pick(number, flow.members.values())
        for parent in self.client.ask(flow_calls.parents(job.id)):
            known = self.model.jobs[parent.id]
            assert parent.policy == flow.parents[job.name][known.name]
            assert parent.ended == (known.place if known.place in ENDED else "") or known.place == "gone"

    def _standing(self):
        return [flow for flow in self.flows if not flow.gone]

    def _state(self, flow):
        if not flow.over:
            return "running"
        if flow.stopped:
            return "cancelled"
        bad = [job for job in flow.members.values() if job.place in ("dead", "cancelled", "gone")]
        return "failed" if bad else "completed"

    def follow(self, read):
        """Members that were held and are not any more, by `read(key, *fields of a hash)`: rightly so; and who is held
        waits for somebody.
        """
        freed, moved = [], True
        while moved:
            moved = False
            for flow in self._standing():
                for name, job in flow.members.items():
                    if not job.held:
                        continue
                    state, at = read(f"{BASE}:job:{job.id}", "s", "at")
                    parents = [(flow.members[parent], how) for parent, how in flow.parents[name].items()]
                    if state == b"scheduled":
                        continue
                    if state in (b"pending", b"processing"):
                        if not all(self._done(parent, how) for parent, how in parents):
                            raise AssertionError(f"{job} started before its parents ended: {parents}")
                        freed.append((tuple(map(int, at.split(b"-"))), job))
                    else:
                        assert state == b"cancelled"
                        failed = any(
                            parent.place in ("dead", "cancelled", "gone") and how in ("fail", "wait")
                            for parent, how in parents
                        )
                        if not failed:
                            continue  # in the next round, when its parent's end was seen
                        self.model.end(job, "cancelled")
                    job.held = False
                    moved = True
        for _, job in sorted(freed, key=lambda row: row[0]):
            self.model.join(job)

    @staticmethod
    def _done(parent, how):
        """Whether a parent's end lets the child go. One that died under `wait` may have been forgotten, and cancels."""
        return parent.place in ENDED and not (how in ("fail", "wait") and parent.place in ("dead", "cancelled"))

    def look_at_holds(self):
        """Who is held waits for somebody; a flow is over when all have ended."""
        for flow in self._standing():
            state = self.shot.hget(f"{BASE}:flow:{flow.id}", "state").decode()
            assert state == self._state(flow), (flow.id, state, flow.members)
            for name, job in flow.members.items():
                if job.held:
                    parents = [(flow.members[parent], how) for parent, how in flow.parents[name].items()]
                    waits = any(
                        parent.place not in ENDED or (parent.place == "dead" and how == "wait")
                        for parent, how in parents
                    )
                    assert waits, f"{job} is held for nothing: {parents}"
