"""Random walks of jobs that exclude one another, next to a model that a person can follow."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from engine import Client, IdempotencyConflict, NewJob, UniqueConflict
from engine.clients.engine import Engine
from engine.store.claims import Done
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys
from tests.support.seats import ERROR, claim

ENDS = ("complete", "keep", "bury", "discard", "release", "retry")
MODES = ("pending", "pending_or_running", "keep_last")


@dataclass
class Known:
    """What the model knows of a job."""

    lock: str
    payload: int
    waits: bool = True
    begun: bool = False  # it was claimed, in this life
    lease: str = ""
    dead: bool = False


class Herd(RuleBasedStateMachine):
    """One worker, one producer, two keys in each mode."""

    store = None  # set by the test, for hypothesis makes the machine without arguments

    @initialize()
    def begin(self):
        self.store.client.flushall()
        self.client = Client(self.store.url)
        self.worker = Engine(self.store.url, "default", incarnation=7)
        self.jobs = {}
        self.holders = {}
        self.behind = {}
        self.once = {}

    def teardown(self):
        self.client.close()
        self.worker.close()

    @rule(
        mode=st.sampled_from(MODES),
        key=st.sampled_from("ab"),
        payloads=st.lists(st.integers(0, 9), min_size=1, max_size=3),
        conflict=st.sampled_from(["return", "replace", "raise"]),
        delay=st.sampled_from([None, None, 900]),
    )
    def enqueue_some(self, mode, key, payloads, conflict, delay):
        for payload in payloads:
            self.enqueue(mode, key, payload, conflict, delay)

    @rule(
        asked=st.lists(
            st.tuples(st.sampled_from(MODES), st.sampled_from("ab"), st.integers(0, 9)), min_size=2, max_size=4
        ),
        conflict=st.sampled_from(["return", "replace", "raise"]),
    )
    def enqueue_together(self, asked, conflict):
        """Where one is refused none is there; else all are as if they had come one after another."""
        policies = [
            {"mode": mode, "key": key, "on_conflict": "return" if mode == "keep_last" else conflict}
            for mode, key, _ in asked
        ]
        jobs = [NewJob("t", payload, unique=policy) for (_, _, payload), policy in zip(asked, policies, strict=True)]
        seen = set(self.holders)
        for n, (mode, key, _) in enumerate(asked):
            if conflict == "raise" and mode != "keep_last" and mode + key in seen:
                with pytest.raises(UniqueConflict) as caught:
                    self.client.enqueue_many(jobs)
                assert caught.value.at == n
                return
            seen.add(mode + key)
        ids = self.client.enqueue_many(jobs)
        for (mode, key, payload), job in zip(asked, ids, strict=True):
            self.note(mode + key, job, payload, self.expected(mode + key, mode, conflict, payload))

    def enqueue(self, mode, key, payload, conflict, delay):
        lock = mode + key
        policy = {"mode": mode, "key": key, "on_conflict": "return" if mode == "keep_last" else conflict}
        holder = self.holders.get(lock)
        expected = self.expected(lock, mode, conflict, payload)
        if conflict == "raise" and holder and mode != "keep_last":
            with pytest.raises(UniqueConflict, match=holder):
                self.client.enqueue("t", payload, unique=policy)
            return
        handle = self.client.enqueue("t", payload, unique=policy, delay=delay)
        assert (handle.id, handle.is_new) == (expected or handle.id, expected is None)
        self.note(lock, handle.id, payload, expected)

    def note(self, lock, job, payload, expected):
        assert expected in (None, job)
        if expected is None:
            self.jobs[job] = Known(lock, payload)
            if lock in self.holders:
                self.behind[lock] = job
            else:
                self.holders[lock] = job

    def expected(self, lock, mode, conflict, payload):
        """The job that answers; None when there must be a new one. Its payload is replaced where it shall be."""
        found = self.holders.get(lock)
        if found is None:
            return None
        if mode == "keep_last":
            if self.jobs[found].begun:
                found = self.behind.get(lock)
            if found:
                self.jobs[found].payload = payload
        elif conflict == "replace" and self.jobs[found].waits:
            self.jobs[found].payload = payload
        return found

    @rule(key=st.sampled_from("abc"), payload=st.integers(0, 1))
    def enqueue_once(self, key, payload):
        known = self.once.get(key)
        if known and known[1] != payload:
            with pytest.raises(IdempotencyConflict, match=known[0]):
                self.client.enqueue("once", payload, idempotency_key=key)
            return
        handle = self.client.enqueue("once", payload, idempotency_key=key)
        assert known is None or known == (handle.id, payload)
        self.once[key] = (handle.id, payload)

    @rule(hows=st.lists(st.sampled_from([None, *ENDS]), min_size=1, max_size=4))
    def work(self, hows):  # claim and end in one rule: a walk that has to draw both seldom comes to the second
        for how in hows:
            for job in claim(self.worker, 1).jobs:
                self.start(job)
                if how and job.id in self.jobs:
                    self.end(job.id, how)

    def start(self, job):
        known = self.jobs.get(job.id)
        if known is None:
            assert job.id in {job for job, _ in self.once.values()}
            self.worker.complete([Done(self.worker.lease(job))])
            return
        assert known.waits
        assert job.id not in self.behind.values()
        assert job.payload == bytes([known.payload])
        known.waits, known.begun, known.lease = False, True, self.worker.lease(job)
        if known.lock in {"pendinga", "pendingb"} and self.holds(job.id):
            del self.holders[known.lock]

    def holds(self, job):
        return self.holders.get(self.jobs[job].lock) == job

    @rule(data=st.data(), how=st.sampled_from(ENDS))
    def end_one(self, data, how):
        running = sorted(job for job, known in self.jobs.items() if known.lease)
        if running:
            self.end(data.draw(st.sampled_from(running)), how)

    def end(self, job, how):
        lease, self.jobs[job].lease = self.jobs[job].lease, ""
        {
            "complete": lambda: self.worker.complete([Done(lease)]),
            "keep": lambda: self.worker.complete([Done(lease, b"\x01", 60)]),
            "bury": lambda: self.worker.bury(lease, ERROR),
            "discard": lambda: self.worker.discard(lease, ERROR, 60),
            "release": lambda: self.worker.release([lease]),
            "retry": lambda: self.worker.retry(lease, ERROR, 0),
        }[how]()
        if how in {"release", "retry"}:
            self.comes_back(job)
            self.worker.promote()
        else:
            self.jobs[job].dead = how == "bury"
            self.ends(job)

    @rule(data=st.data())
    def cancel(self, data):
        waiting = sorted(job for job, known in self.jobs.items() if known.waits)
        if waiting:
            job = data.draw(st.sampled_from(waiting))
            assert self.client.cancel(job)
            self.jobs[job].waits = False
            self.ends(job)

    @rule(data=st.data())
    def requeue(self, data):
        dead = sorted(job for job, known in self.jobs.items() if known.dead)
        if dead:
            job = data.draw(st.sampled_from(dead))
            assert self.client.dead_letters.retry(job)
            self.jobs[job].dead = self.jobs[job].begun = False
            self.comes_back(job)

    def comes_back(self, job):
        self.jobs[job].waits = True
        self.holders.setdefault(self.jobs[job].lock, job)

    def ends(self, job):
        lock = self.jobs[job].lock
        if self.behind.get(lock) == job:
            del self.behind[lock]
        elif self.holds(job):
            del self.holders[lock]
            if lock in self.behind:
                self.holders[lock] = self.behind.pop(lock)

    @invariant()
    def each_job_is_where_the_model_has_it(self):
        if not hasattr(self, "jobs"):
            return
        found = self.client.find_many(list(self.jobs))
        for job, known in self.jobs.items():
            assert (found[job].state in {"pending", "scheduled"}) == known.waits, job
            if known.waits:
                assert found[job].data == known.payload

    @invariant()
    def the_store_holds_together_and_no_key_is_without_a_reason(self):
        if hasattr(self, "jobs"):
            assert broken(self.store.client) == []
            assert unexplained_keys(self.store.client) == []
            held = {self.store.client.get(key).decode() for key in self.locks()}
            assert held == {
                f"{job} {self.behind[lock]}" if lock in self.behind else job for lock, job in self.holders.items()
            }

            scores = self.store.client.zrange("herdsman:{default}:scheduled", 0, -1, withscores=True)
            assert {job.decode() for job, due in scores if due >= 9e15} == set(self.behind.values())

    def locks(self):
        return self.store.client.keys("*:unique:*")


@pytest.mark.parametrize("steps", [50])
def test_jobs_that_exclude_one_another_do_as_the_model_does(store, steps):
    run_state_machine_as_test(
        type("HerdOnStore", (Herd,), {"store": store}),
        settings=settings(
            max_examples=60,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
