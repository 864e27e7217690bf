"""Producers: enqueue, submit, cancel, purge, pause, watch, look."""

from hypothesis import strategies as st

from engine import NewJob, QueueFull
from engine.entrance.submit import submit
from engine.store import calls
from tests.walks.world import NUMBERS, QUEUES, World, verb

WHEN = st.sampled_from([None, None, 0.0, 9e9])  # at once, due, in 2255
QUEUE = st.sampled_from([None, *QUEUES])
TYPE = st.sampled_from(["t", "u"])


class Producing(World):
    """What clients do."""

    @verb(queue=QUEUE, type_=TYPE, n=st.integers(1, 5), run_at=WHEN)
    def enqueue(self, queue, type_, n, run_at):
        jobs = [NewJob(type_, {"n": i}, queue=queue, run_at=run_at) for i in range(n)]
        self._accept(queue, type_, n, run_at, lambda: self.client.enqueue_many(jobs))

    enqueue_2 = enqueue_3 = enqueue

    @verb(queue=QUEUE, type_=TYPE, run_at=WHEN)
    def submit(self, queue, type_, run_at):
        job = NewJob(type_, {"n": 0}, queue=queue, run_at=run_at)
        self._accept(queue, type_, 1, run_at, lambda: [self.client.run(submit(job))])

    def _accept(self, queue, type_, n, run_at, act):
        queue = self.queue_of(type_, queue)
        try:
            ids = act()
        except QueueFull:
            assert self.full(queue, n)
            return
        assert not self.full(queue, n), "more was taken than the queue takes"
        assert len(ids) == n
        for i, job in enumerate(ids):
            self.model.new(job, queue, {"n": i}, None if run_at is None else run_at == 0, type_=type_)

    @verb(number=NUMBERS, running=st.booleans())
    def cancel(self, number, running):
        job = self.some_job(number)
        if job is None:
            return
        said = self.told(lambda: self.client.run(calls.cancel(job.id, 60, running=running)))
        if job.place in ("pending", "scheduled"):
            expected = "cancelled"
            self.model.end(job, "cancelled")
        elif job.place == "processing":
            expected = "asked" if running else "processing"
            job.asked = job.asked or running
        else:
            expected = "unknown" if job.place == "gone" else "finished"
        assert said in (None, expected)

    @verb(queue=st.sampled_from(QUEUES))
    def purge(self, queue):
        pending = self.model.pending(queue)
        assert self.client.purge(queue) == len(pending)
        for job in pending:
            self.model.end(job, "cancelled")
            job.data = None

    @verb(queue=st.sampled_from(QUEUES), paused=st.booleans())
    def pause(self, queue, paused):
        changed = self.told(lambda: self.client.run(calls.pause(queue, paused=paused)))
        assert changed in (None, (queue in self.model.paused) != paused)
        (self.model.paused.add if paused else self.model.paused.discard)(queue)

    @verb(number=NUMBERS, n=st.integers(1, 3))
    def watch(self, number, n):
        jobs = list(self.model.jobs.values())[number % 32 :][:n]
        if jobs:
            ended = self.client.run(calls.watch([job.id for job in jobs], 60))
            assert ended == [job.id for job in jobs if job.place in ("dead", "completed", "cancelled", "gone")]

    @verb(number=NUMBERS, n=st.integers(1, 20))
    def look_at_jobs(self, number, n):
        jobs = list(self.model.jobs.values())[number % 32 :][:n]
        found = self.client.find_many([job.id for job in jobs])
        for job in jobs:
            seen = found[job.id]
            if job.place == "gone":
                assert seen.state == "completed"
            else:
                expected = (job.place, job.queue, job.data, job.attempts, job.crashes, job.releases)
                assert (seen.state, seen.queue, seen.data, seen.attempts, seen.crashes, seen.releases) == expected

    @verb()
    def look_at_queues(self):
        for queue, seen in self.client.queues().items():
            assert seen.pending == len(self.model.pending(queue))
            assert seen.paused == (queue in self.model.paused)
            assert seen.rescued == self.model.rescued[queue]
            for place in ("scheduled", "processing", "dead"):
                assert getattr(seen, place) == len(self.model.at(place, queue)), place
