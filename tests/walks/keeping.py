"""Keepers and janitors: who lives, who died, what lapsed; and time, which passes for one thing at a time, for a walk
must not depend on how fast this machine is.
"""

from hypothesis import strategies as st

from engine.jobs.job import WorkerInfo
from engine.queues.limits import QueueLimits
from tests.walks.world import BASE, NUMBERS, QUEUES, World, verb

WORKER = st.integers(0, 2)


class Keeping(World):
    """What keepers and janitors do."""

    @verb(n=WORKER, known=st.sampled_from([(), ("t",), ("u",)]), limit=st.sampled_from([None, 0, 6]))
    def register(self, n, known, limit):
        engine = self.worker(n)
        limits = {} if limit is None else {"low": QueueLimits(max_pending=limit)}
        engine.register(self._info(engine), dict.fromkeys(known, "low"), limits)
        if engine.incarnation in self.silenced:
            return
        self.types.update(dict.fromkeys(known, "low"))
        self.let_out(known)
        self.limits.update({} if limit is None else {"low": limit or None})

    def _info(self, engine, job=None):
        return WorkerInfo(incarnation=f"{engine.incarnation:x}", host="h", pid=1, pool="p", slot=0, job=job)

    @verb(n=WORKER, number=NUMBERS)
    def extend(self, n, number):
        """The keeper says which job the worker runs, and extends what it holds and some lease it may have lost."""
        engine = self.worker(n)
        mine = self.model.held(engine.incarnation)
        runs = self.pick(number, mine)
        stale = [lease for whose, lease in self.leases if whose is engine][:2]
        leases = list(dict.fromkeys([job.lease for job in mine] + stale))
        said = self.keeper.extend([self._info(engine, runs and runs.id)], leases, 30)
        # the answer may count less than were held: extended twice within a millisecond, a lease does not change
        assert said.leases <= len(mine)
        assert set(said.cancels) == {job.id for job in self.model.jobs.values() if job.asked}
        for job in mine:
            job.lapsed = False
        if engine.incarnation not in self.silenced:
            self.running[engine.incarnation] = runs.id if runs else ""

    @verb(n=WORKER, number=NUMBERS)
    def overstay(self, n, number):
        """The worker's last two claims are given back, but for one job that runs on."""
        if n not in self.workers:
            return
        engine = self.workers[n]
        granted = self._granted_last(engine)
        kept = self.pick(number, granted)
        said = self.told(lambda: self.keeper.give_back(engine.incarnation, 10**6, [kept.lease] if kept else []))
        back = [job for job in granted if job is not kept]
        assert said in (None, len(back))
        for job in reversed(back):
            self.model.give(job)

    def _granted_last(self, engine):
        """The jobs that it still holds of its last two calls, as the memory of them had it before this step."""
        known = sorted(
            (int(text.partition(b" ")[0]), text.partition(b" ")[2].decode().split())
            for text in self.shot.hvals(f"{BASE}:ops:{engine.incarnation:x}")
        )
        return [job for _, leases in known for lease in leases if (job := self.model.of(lease))]

    @verb(n=WORKER, number=NUMBERS, started=st.integers(0, 2), charged=st.booleans(), limit=st.integers(1, 3))
    def die(self, n, number, started, charged, limit):
        """A worker is killed, and its parent sees it die."""
        engine = self.workers.pop(n, None)
        if engine is None:
            return
        engine.close()
        self.dead_workers.append(engine)
        held = sorted(self.model.held(engine.incarnation), key=lambda job: int(job.lease.split("/")[1]))
        ran = held[number % 8 :][:started]
        leases = [job.lease for job in ran]
        said = self.told(
            lambda: self.keeper.settle(engine.incarnation, "signal 9", leases, charged=charged, max_crashes=limit)
        )
        buried = 0
        for job in reversed(held):
            if job in ran and charged:
                buried += self.model.crash(job, limit)
            else:
                job.releases += job in ran
                self.model.give(job)
        self.running.pop(engine.incarnation, None)
        assert said is None or said[:3] == (len(held) - buried, len(ran) if charged else 0, buried)

    @verb(n=WORKER)
    def vanish(self, n):
        """A worker's host is lost: nobody sees it die, its leases lapse, and its process may still speak later."""
        engine = self.workers.pop(n, None)
        if engine is None:
            return
        engine.close()
        self.dead_workers.append(engine)
        for job in self.model.held(engine.incarnation):
            self._lapse(job)
        self.rescue_now()

    @verb(number=NUMBERS)
    def lapse_and_rescue(self, number):
        job = self.pick(number, self.model.held())
        if job:
            self._lapse(job)
        self.rescue_now()

    def _lapse(self, job):
        self.store.client.zadd(f"{BASE}:processing", {job.lease: 0}, xx=True)
        job.lapsed = True

    def rescue_now(self):
        order = [lease.decode() for lease in self.store.client.zrange(f"{BASE}:processing", 0, -1)]
        said = self.told(lambda: self.keeper.rescue(grace=0, max_crashes=2))
        rescued = []
        for job in filter(None, map(self.model.of, order)):
            if not job.lapsed:
                continue
            owner = int(job.lease.rpartition("/")[2], 16)
            buried = self.model.crash(job, 2) if self.running.get(owner) == job.id else self.model.give(job)
            rescued.append((job.id, job.queue, bool(buried)))
            self.model.rescued[job.queue] += 1
        assert said in (None, rescued)

    @verb(number=NUMBERS, passes=st.booleans())
    def promote(self, number, passes):
        job = self.pick(number, [one for one in self.model.at("scheduled") if not one.held])
        if job and passes:  # its time comes
            self.store.client.zadd(f"{BASE}:scheduled", {job.id: 0}, xx=True)
            job.due = True
        order = [one.decode() for one in self.store.client.zrange(f"{BASE}:scheduled", 0, -1)]
        due = [one for one in (self.model.jobs[i] for i in order) if one.due]
        said = self.told(self.keeper.promote)
        assert said is None or said.moved == len(due)
        for one in due:
            self.model.join(one)

    @verb(number=NUMBERS, passes=st.booleans(), queue=st.sampled_from([None, None, *QUEUES]))
    def prune(self, number, passes, queue):
        record = self.pick(
            number,
            [
                one
                for one in (*self.model.at("completed"), *self.model.at("cancelled"))
                if not one.flow or one.flow.gone
            ],
        )
        expired = int(bool(record and passes))
        if expired:  # its time comes
            self.store.client.delete(f"{BASE}:job:{record.id}")
            self.store.client.zadd(f"{BASE}:finished", {record.id: 0}, xx=True)
            self.model.end(record, "gone")
        old = self.model.at("dead", queue) if queue else []
        said = self.told(lambda: self.keeper.prune(dead_after={queue: 0} if queue else None))
        for job in old:
            self.model.end(job, "gone")
        assert said is None or said.gone == expired + len(old)

    @verb(n=WORKER)
    def fall_silent(self, n):
        """A worker is not heard of for an hour and then forgotten: it may finish what it has, and gets nothing new."""
        engine = self.worker(n)
        if self.store.client.zadd(f"{BASE}:beats", {f"{engine.incarnation:x}": 0}, xx=True, ch=True):
            said = self.told(self.keeper.prune)
            assert said is None or said.gone == 1
            self.silenced.add(engine.incarnation)
            self.running.pop(engine.incarnation, None)
