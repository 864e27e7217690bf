"""Lanes: tenants, priorities, limited and paused types, jobs of types that nobody knows.

Rates are so many a day: within a walk no permit of theirs comes back.
"""

import json

from hypothesis import strategies as st

from engine import NewJob, QueueFull
from engine.queues.limits import QueueLimits, limits
from tests.walks.granting import ORDER
from tests.walks.world import BASE, NUMBERS, QUEUES, World, verb

WORKER = st.integers(0, 2)
LIMITS = {  # of a type: what its task says, and what the model makes of it
    "few": ((None, 2), {"concurrency": 2}),
    "rated": (("5/d", None), {"rate": 5}),
    "spaced": (({"rate": "5/d", "burst": 3}, None), {"rate": 3}),
    "both": (("6/d", 1), {"rate": 6, "concurrency": 1}),
}
TYPES = ("t", "u", *LIMITS)
STOPPABLE = ("u", "few", "rated")


class Lanes(World):
    """What stands apart."""

    @verb(
        queue=st.sampled_from(QUEUES),
        type_=st.sampled_from(TYPES),
        n=st.integers(1, 4),
        where=st.tuples(
            st.sampled_from(["", "", "high", "low"]),
            st.sampled_from(["", "", "acme", "globex"]),
            st.sampled_from(["", "k"]),
            st.sampled_from(["", "2"]),
        ),
        run_at=st.sampled_from([None, None, None, 0.0]),
    )
    def enqueue_apart(self, queue, type_, n, where, run_at):
        priority, tenant, key, cost = where
        more = {"priority": priority or None, "tenant": tenant or None, "limit_key": key or None}
        one = NewJob(type_, None, queue=queue, cost=int(cost) if cost else None, run_at=run_at, **more)
        try:
            ids = self.client.enqueue_many([one] * n)
        except QueueFull:
            assert self.full(queue, n)
            return
        assert not self.full(queue, n)
        for job in ids:
            self.model.new(job, queue, None, None if run_at is None else run_at == 0, type_=type_, where=where)

    enqueue_apart_2 = enqueue_apart

    @verb(n=WORKER, types=st.sets(st.sampled_from([*LIMITS, "u"]), min_size=1, max_size=2), tenants=st.booleans())
    def register_limited(self, n, types, tenants):
        """A worker brings types with limits, and a limit of each tenant of `high`."""
        engine = self.worker(n)
        types = sorted(types)
        traits = {name: json.dumps(limits(*LIMITS[name][0]), sort_keys=True) for name in types if name in LIMITS}
        queues = {"high": QueueLimits(tenant_concurrency=2)} if tenants else {}
        engine.register(self._info(engine), dict.fromkeys(types, "low"), queues, traits)
        if engine.incarnation in self.silenced:
            return
        self.types.update(dict.fromkeys(types, "low"))
        self.model.limited.update((name, LIMITS[name][1]) for name in types if name in LIMITS)
        if tenants:
            self.model.tenantry["high"] = {"concurrency": 2}
        self.let_out(types)

    @verb(
        n=WORKER,
        type_=st.sampled_from(sorted(LIMITS)),
        queue=st.sampled_from(QUEUES),
        tenant=st.sampled_from([None, "acme"]),
    )
    def reach_a_limit(self, n, type_, queue, tenant):
        """A worker brings a limited type, more jobs of it come than may start, and two claims want them all."""
        engine = self.worker(n)
        traits = {type_: json.dumps(limits(*LIMITS[type_][0]), sort_keys=True)}
        engine.register(self._info(engine), {type_: "low"}, {}, traits)
        if engine.incarnation in self.silenced:
            return
        self.types[type_] = "low"
        self.model.limited[type_] = LIMITS[type_][1]
        self.let_out([type_])
        if not self.full(queue, 7):
            for job in self.client.enqueue_many([NewJob(type_, None, queue=queue, tenant=tenant)] * 7):
                self.model.new(job, queue, None, type_=type_, where=("", tenant or "", "", ""))
        for one in (engine, self.worker((n + 1) % 3), engine):
            self.learn_lanes()
            one.post([], 9, ORDER, 30)
            self._granted(one, 9, one.collect().jobs, lapsed=False)

    def let_out(self, types):
        """Lanes of these types take their turns again."""
        self.parked -= {lane for lane in self.parked if self.model.lanes[lane].type in set(types) - self.model.stopped}

    @verb(type_=st.sampled_from(STOPPABLE), paused=st.sampled_from([True, False, False]))
    def pause_type(self, type_, paused):
        act = self.client.pause_type if paused else self.client.resume_type
        changed = self.told(lambda: act(type_))
        assert changed in (None, (type_ in self.model.stopped) != paused)
        (self.model.stopped.add if paused else self.model.stopped.discard)(type_)
        if not paused:
            self.let_out([type_])

    @verb(n=WORKER, number=NUMBERS, want=st.integers(1, 3))
    def claim_and_park(self, n, number, want):
        """A worker does not know the types of what it was given, and of what it holds already."""
        engine = self.worker(n)
        engine.post([], want, ORDER, 30)
        jobs = engine.collect().jobs
        self._granted(engine, want, jobs, lapsed=False)
        mine = self.model.held(engine.incarnation)
        for job in [self.model.jobs[one.id] for one in jobs] or mine[number % 8 :][:1]:
            self._park(engine, job)

    def _park(self, engine, job):
        lease, type_ = job.lease, job.type
        before = self.model.lane(job)
        knowing = [
            beat
            for beat in self.store.client.zrange(f"{BASE}:beats", 0, -1)
            if self.store.client.hexists(f"{BASE}:knows:{beat.decode()}", type_)
        ]
        said = self.told(lambda: engine.park(lease, type_))
        assert said in (None, "passed on" if knowing or job.asked else "parked")
        if job.asked:
            self.model.end(job, "cancelled")
            return
        lane = before if before.type else before._replace(type=type_)
        self.learn_lanes()
        self.model.join(job)
        job.lane = next(number for number, one in self.model.lanes.items() if one == lane)
        if not knowing:
            self.parked.add(job.lane)

    @verb(n=WORKER, want=st.integers(1, 4), skip=st.sampled_from(["few", "u"]))
    def claim_but_for(self, n, want, skip):
        """A worker passes over a type; no job of a lane of it is given."""
        engine = self.worker(n)
        engine.post([], want, ORDER, 30, skip=[skip])
        jobs = engine.collect().jobs
        held = {number for number, lane in self.model.lanes.items() if lane.type == skip} - self.parked
        self.parked |= held
        self._granted(engine, want, jobs, lapsed=False)
        assert not any(self.model.lane(self.model.jobs[job.id]).type == skip for job in jobs)
        self.parked -= held
