"""Random walks over all verbs, with the guarantees looked at after every step: one place for each job, none lost, the
fences hold, no key without a reason. Times are now or never (0, or far away), so that a walk can be walked again: what
depends on how fast this machine is would be a different walk.
"""

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from engine import Client, JobError, JobState, calls, keys, schedule, webhook
from engine.claims import Done
from engine.dead_letters import UNCHANGED
from engine.engine import Engine
from engine.states import FINISHED
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys

ERROR = JobError(type="ValueError", message="no")
QUEUES = ("high", "low")


class Herd(RuleBasedStateMachine):
    """Three workers that claim, finish, fail, lie and die; a keeper; a janitor."""

    store = None  # set by the test, for hypothesis makes the machine without arguments
    leases = Bundle("leases")

    def __init__(self):
        super().__init__()
        self.store.client.flushall()
        self.client = Client(self.store.url)
        self.keeper = Engine(self.store.url, "default", incarnation=1)
        self.births = 1
        self.workers = {}
        self.issued = set()
        self.ended = {}
        self.slots = set()  # those of a schedule that made a job
        clock = schedule.Schedule(name="clock", task="t", cron="* * * * *")
        self.client.run(schedule.declare("file", [clock]))
        self.store.client.hset("herdsman:{default}:schedule:clock", "slot", 0)
        self.asked = set()
        self.lives = Counter()  # of the jobs whose ends are to be told: how often a dead one was given another
        self.store.client.hset("herdsman:{default}:traits", webhook.TYPE, '{"queue": "hooks"}')  # where nobody claims

    def teardown(self):
        for engine in (self.keeper, *self.workers.values()):
            engine.close()
        self.client.close()

    def worker(self, n):
        if n not in self.workers:
            self.births += 1
            self.workers[n] = Engine(self.store.url, "default", incarnation=self.births)
        return self.workers[n]

    @rule(queue=st.sampled_from(QUEUES), n=st.integers(1, 5), run_at=st.sampled_from([None, 0.0, 9e9]))
    def enqueue(self, queue, n, run_at):
        for _ in range(0 if run_at is None else n):
            self.issued.add(self.client.enqueue("t", {"n": n}, queue=queue, run_at=run_at).id)
        if run_at is None:
            self.issued.update(self.client.enqueue_many((("t", i) for i in range(n)), queue=queue))

    @rule(queue=st.sampled_from(QUEUES), delay=st.sampled_from([None, 9e6]))
    def enqueue_to_be_told(self, queue, delay):
        target = {"url": "https://example.com", "events": list(webhook.EVENTS)}
        job = self.client.enqueue("t", queue=queue, delay=delay, webhook=target).id
        self.issued.add(job)
        self.lives[job] = 0

    @rule(overlap=st.sampled_from(["allow", "skip", "queue_one"]), step=st.integers(-1, 3), pause=st.booleans())
    def fire(self, overlap, step, pause):
        one = schedule.Schedule(name="clock", task="t", cron="* * * * *", queue="low", overlap=overlap)
        if pause:
            self.client.schedules.pause("clock")
        before = self.client.run(schedule.look(["clock"])).sights[0]
        slot = before.held if step < 0 and before.held else max(1, before.slot + step)
        fired = self.client.run(schedule.fire(one, slot))
        if fired.outcome == "fired":
            assert slot not in self.slots, f"slot {slot} fired twice"
            assert overlap == "allow" or not before.open
            self.slots.add(slot)
            self.issued.add(fired.job)
        if pause:
            self.store.client.hset("herdsman:{default}:schedule:clock", "paused", 0)

    @rule(target=leases, n=st.integers(0, 2), want=st.integers(0, 4), lease=st.sampled_from([30, 0]))
    def claim(self, n, want, lease):
        engine = self.worker(n)
        engine.post([], want, QUEUES, lease)
        return multiple(*((n, engine, engine.lease(job)) for job in engine.collect().jobs))

    @rule(held=consumes(leases), result=st.sampled_from([None, b"\x01"]))
    def complete(self, held, result):
        _, engine, lease = held
        self.note(lease, JobState.COMPLETED, engine.complete([Done(lease, result, 60)]))

    @rule(held=consumes(leases))
    def bury(self, held):
        _, engine, lease = held
        self.note(lease, JobState.DEAD, engine.bury(lease, ERROR))

    @rule(n=st.integers(0, 2), want=st.integers(1, 3))
    def fail_for_good(self, n, want):  # at once, so that there are dead letters in most walks
        engine = self.worker(n)
        engine.post([], want, QUEUES, 30)
        for lease in map(engine.lease, engine.collect().jobs):
            self.note(lease, JobState.DEAD, engine.bury(lease, ERROR))

    @rule(held=consumes(leases), charge=st.booleans())
    def discard(self, held, charge):
        _, engine, lease = held
        self.note(lease, JobState.CANCELLED, engine.discard(lease, ERROR, 60, charge=charge))

    @rule(held=leases, charge=st.booleans(), error=st.sampled_from([ERROR, None]))
    def retry(self, held, charge, error):
        held[1].retry(held[2], error, 0, charge=charge)

    @rule(held=leases)
    def release(self, held):
        held[1].release([held[2]])

    @rule(held=leases)
    def extend(self, held):
        self.keeper.extend([], [held[2]], 30)

    @rule(n=st.integers(0, 2), keep=st.lists(leases, max_size=2))
    def overstay(self, n, keep):
        if n in self.workers:
            self.keeper.give_back(self.workers[n].incarnation, 10**6, [lease for _, _, lease in keep])

    @rule(n=st.integers(0, 2), started=st.lists(leases, max_size=2), charged=st.booleans())
    def die(self, n, started, charged):
        engine = self.workers.pop(n, None)
        if engine is None:
            return
        engine.close()
        mine = [lease for whose, _, lease in started if whose == n]
        self.keeper.settle(engine.incarnation, "signal 9", mine, charged=charged, max_crashes=2)
        assert not [lease for lease in self.processing() if lease.endswith(f"/{engine.incarnation:x}")]

    @rule()
    def promote(self):
        self.keeper.promote()

    @rule()
    def sweep(self):
        self.keeper.rescue(grace=0)
        self.keeper.prune()

    @rule(data=st.data())
    def cancel(self, data):
        if self.issued:
            job = data.draw(st.sampled_from(sorted(self.issued, key=keys.place)))
            said = self.client.run(calls.cancel(job, 60, running=True))
            if said == "cancelled":
                self.ended[job] = JobState.CANCELLED
            elif said == "asked":
                self.asked.add(job)

    @rule(data=st.data(), payload=st.sampled_from([UNCHANGED, None, {"n": 7}]))
    def requeue(self, data, payload):
        if self.issued:
            job = self.draw_dead_or_any(data)
            was = self.client.find(job).state
            assert self.client.dead_letters.retry(job, payload) == (was == JobState.DEAD)
            if was == JobState.DEAD:
                self.revive(job)
                found = self.client.find(job)
                assert (found.state, found.attempts, found.crashes) == (JobState.PENDING, 0, 0)

    @rule(queue=st.sampled_from([None, *QUEUES]), limit=st.sampled_from([None, 1]))
    def requeue_many(self, queue, limit):
        dead = {job.id for job in self.client.jobs(state="dead", queue=queue).jobs}
        count = self.client.dead_letters.retry_many(queue=queue, limit=limit)
        assert count == (len(dead) if limit is None else min(limit, len(dead)))
        still = {job.id for job in self.client.jobs(state="dead", queue=queue).jobs}
        assert len(dead) - len(still) == count
        for job in dead - still:
            self.revive(job)

    @rule(data=st.data())
    def drop(self, data):
        if self.issued:
            job = self.draw_dead_or_any(data)
            was = self.client.find(job).state
            assert self.client.dead_letters.delete(job) == (was == JobState.DEAD)
            if was == JobState.DEAD:
                self.ended[job] = JobState.COMPLETED  # as all that ended and left nothing behind

    @rule(queue=st.sampled_from(QUEUES))
    def purge(self, queue):
        pending = {job.id for job in self.client.jobs(state="pending", queue=queue, limit=500).jobs}
        assert self.client.purge(queue) == len(pending)
        self.ended.update(dict.fromkeys(pending, JobState.CANCELLED))

    def revive(self, job):
        self.ended.pop(job, None)
        if job in self.lives:
            self.lives[job] += 1

    def draw_dead_or_any(self, data):
        dead = [job.id for job in self.client.jobs(state="dead").jobs]
        return data.draw(st.sampled_from(sorted(dead, key=keys.place) or sorted(self.issued, key=keys.place)))

    def note(self, lease, state, held):
        if held:
            job = lease.partition("/")[0]
            if state == JobState.DEAD and job in self.asked:
                state = JobState.CANCELLED
            assert job not in self.ended, f"{job} ended twice: {self.ended[job]}, {state}"
            self.ended[job] = state

    def processing(self):
        return [lease.decode() for lease in self.store.client.zrange("herdsman:{default}:processing", 0, -1)]

    @invariant()
    def every_job_is_in_one_place_with_its_body(self):
        assert broken(self.store.client) == []

    @invariant()
    def nothing_accepted_is_lost_and_nothing_ended_comes_back(self):
        found = self.client.find_many(sorted(self.issued))
        assert set(found) == self.issued
        for job in found.values():
            if job.id in self.ended:
                assert job.state == self.ended[job.id], job
            elif job.state == JobState.DEAD:
                assert job.crashes >= 2, job
            elif job.state == JobState.CANCELLED:
                assert job.id in self.asked, job
                self.ended[job.id] = job.state
            elif job.id in self.asked:
                assert job.state == JobState.PROCESSING, job
            else:
                assert job.state in {"pending", "scheduled", "processing"}, job

    @invariant()
    def every_end_that_is_to_be_told_has_one_webhook(self):
        if self.lives:
            told = Counter(job.data["data"]["id"] for job in self.client.jobs(queue="hooks", limit=500).jobs)
            found = self.client.find_many(sorted(self.lives))
            assert told == +Counter({i: n + (found[i].state in FINISHED) for i, n in self.lives.items()})

    @invariant()
    def no_key_is_without_a_reason(self):
        assert unexplained_keys(self.store.client) == []


def test_random_walks_over_all_verbs_keep_every_guarantee(store):
    steps, examples = 40, 40
    run_state_machine_as_test(
        type("HerdOnStore", (Herd,), {"store": store}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
