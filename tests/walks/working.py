"""Workers: claim, and every way in which a run ends."""

from hypothesis import strategies as st

from engine import JobError
from engine.store.claims import Done
from tests.walks.granting import ORDER, Granting
from tests.walks.world import NUMBERS, verb

ERROR = JobError(type="ValueError", message="no")
WORKER = st.integers(0, 2)


class Working(Granting):
    """What workers do."""

    @verb(n=WORKER, want=st.integers(0, 4), lease=st.sampled_from([30, 30, 0]), number=NUMBERS, acks=st.integers(0, 2))
    def acknowledge_and_claim(self, n, want, lease, number, acks):
        engine = self.worker(n)
        mine = self.model.held(engine.incarnation)
        done = [job.lease for job in mine[number % 8 :][:acks]]
        engine.post([Done(one) for one in done], want, ORDER, lease)
        grant = engine.collect()
        assert grant.lost == 0 or self.sky.befell.total()
        for one in done:
            self._complete(one, kept=False)
        self._granted(engine, want, grant.jobs, lapsed=lease == 0)

    claim_2 = claim_3 = claim_4 = acknowledge_and_claim  # each name is another chance to be drawn

    def _complete(self, lease, *, kept):
        job = self.model.of(lease)
        if job is None:
            return False
        if kept:
            job.attempts += 1
        self.model.end(job, "completed" if kept else "gone")
        return True

    @verb(number=NUMBERS, result=st.sampled_from([None, b"\x01"]))
    def complete(self, number, result):
        engine, lease = self._lease(number)
        if engine is not None:
            said = self.told(lambda: engine.complete([Done(lease, result, 60)]))
            assert said in (None, int(self._complete(lease, kept=result is not None)))

    complete_2 = complete_3 = complete

    @verb(number=NUMBERS, due=st.booleans(), charge=st.booleans(), error=st.sampled_from([ERROR, None]))
    def retry(self, number, due, charge, error):
        engine, lease = self._lease(number)
        if engine is None:
            return
        said = self.told(lambda: engine.retry(lease, error, 0 if due else 9e6, charge=charge))
        job = self.model.of(lease)
        assert said in (None, job is not None)
        if job:
            job.attempts += charge
            self.model.end(job, "cancelled") if job.asked else self.model.schedule(job, due)

    @verb(number=NUMBERS, charge=st.booleans())
    def bury(self, number, charge):
        engine, lease = self._lease(number)
        if engine is not None:
            self._bury(lease, self.told(lambda: engine.bury(lease, ERROR, charge=charge)), charge)

    def _bury(self, lease, said, charge):
        job = self.model.of(lease)
        assert said in (None, job is not None)
        if job:
            job.attempts += charge
            self.model.end(job, "cancelled" if job.asked else "dead")

    @verb(n=WORKER, want=st.integers(1, 3))
    def fail_for_good(self, n, want):  # at once, so that there are dead letters in most walks
        engine = self.worker(n)
        engine.post([], want, ORDER, 30)
        jobs = engine.collect().jobs
        self._granted(engine, want, jobs, lapsed=False)
        for lease in map(engine.lease, jobs):
            self._bury(lease, self.told(lambda lease=lease: engine.bury(lease, ERROR)), 1)

    @verb(number=NUMBERS, charge=st.booleans())
    def discard(self, number, charge):
        engine, lease = self._lease(number)
        if engine is None:
            return
        said = self.told(lambda: engine.discard(lease, ERROR, 60, charge=charge))
        job = self.model.of(lease)
        assert said in (None, job is not None)
        if job:
            job.attempts += charge
            self.model.end(job, "cancelled")

    @verb(number=NUMBERS, n=st.integers(1, 3))
    def release(self, number, n):
        engine, _ = self._lease(number)
        if engine is None:
            return
        leases = [lease for whose, lease in self.leases if whose is engine][:n]
        said = self.told(lambda: engine.release(leases))
        held = [job for job in map(self.model.of, leases) if job]
        assert said in (None, len(held))
        for job in reversed(held):
            self.model.give(job)

    release_2 = release

    def _lease(self, number):
        """Some worker's lease, held or not any more."""
        return self.pick(number, self.leases) or (None, None)
