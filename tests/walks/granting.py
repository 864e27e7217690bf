"""What a claim may hand out: the next of each lane, as many as the limits allow; and nothing that could go is left."""

from collections import Counter

from tests.walks.model import Lane
from tests.walks.world import BASE, QUEUES, World

ORDER = (*QUEUES, "default")
RANK = {"high": 0, "": 1, "low": 2}


class Granting(World):
    """A claim, looked at with the model's eyes."""

    def _granted(self, engine, want, jobs, *, lapsed):
        """Takes what was claimed, when it was right to hand out just that."""
        if self.flows:
            self.follow(self.store.client.hmget)  # what it acknowledged may have let others go
        silent = engine.incarnation in self.silenced
        assert not (silent and jobs), "the silenced are given nothing"
        assert len(jobs) <= want
        diverted = Counter() if silent or not want else self._divert()
        used, last = Counter(), (-1, -1)
        for claimed in jobs:
            job = self.model.jobs[claimed.id]
            lane = self.model.lane(job)
            assert (job.place, job.queue, claimed.queue, claimed.type) == (
                "pending",
                claimed.queue,
                job.queue,
                job.type,
            )
            assert job.queue in ORDER
            assert job.queue not in self.model.paused
            assert job is self.next_of_its_lane(job), "out of order"
            assert (claimed.attempts, claimed.crashes) == (job.attempts, job.crashes)
            place = (ORDER.index(job.queue), RANK[lane.priority])
            assert place >= last, "a job of lower priority went first"
            last = place
            lease = engine.lease(claimed)
            self.model.take(job, lease, lapsed)
            self._spend(job, lane, used)
            self.leases.append((engine, lease))
        if not silent:
            self._nothing_was_left(last if len(jobs) == want else (len(ORDER), 0), used, diverted)

    def next_of_its_lane(self, job):
        """The pending job that goes first where this one stands."""
        return next(one for one in self.model.pending(job.queue) if one.lane == job.lane)

    def _divert(self):
        """Jobs that a claim came upon in a lane of any type, of types that stand apart, went to lanes of their own."""
        gone = Counter()
        moved = []
        for queue in ORDER:
            for job in self.model.pending(queue):
                if job.type not in self.model.apart or self.model.lane(job).type:
                    continue
                lane, at = self.store.client.hmget(f"{BASE}:job:{job.id}", "l", "at")
                if lane is not None and lane.decode() != job.lane:
                    moved.append((tuple(map(int, at.split(b"-"))), job, lane.decode()))
                    gone[queue] += 1
        self.learn_lanes()
        for _, job, lane in sorted(moved, key=lambda row: row[0]):
            before, after = self.model.lane(job), self.model.lanes[lane]
            assert after == before._replace(type=job.type)
            self.model.join(job)
            job.lane = lane
        return gone

    def _spend(self, job, lane, used):
        """Permits are taken, and there were enough."""
        job.permits = set()
        for limit in self.model.limits_of(lane):
            if limit.kind == "concurrency":
                job.permits.add(limit.name)
                assert len(self.model.permits(limit.name)) <= limit.most, f"more of {limit.name} run than may"
            else:
                self.model.spent[limit.name] += limit.cost
                assert self.model.spent[limit.name] <= limit.most, f"more of {limit.name} started than may"
            used[limit.name] += 1

    def _nothing_was_left(self, upto, used, diverted):
        """Of what comes before that place, all is gone, or something keeps it."""
        for place, queue in enumerate(ORDER):
            if queue in self.model.paused or diverted[queue]:
                continue
            for lane in {job.lane for job in self.model.pending(queue)}:
                said = self.model.lanes[lane]
                if (place, RANK[said.priority]) < upto:
                    assert self._kept(lane, said, used), f"{queue} had more to give: lane {lane}, {said}"

    def _kept(self, lane, said, used):
        """Whether something keeps a lane's jobs from starting."""
        if said.type in self.model.stopped or lane in self.parked:
            return True
        return any(
            (used[limit.name] or len(self.model.permits(limit.name)) >= limit.most)
            if limit.kind == "concurrency"
            else self.model.spent[limit.name] + limit.cost > limit.most
            for limit in self.model.limits_of(said)
        )

    def learn_lanes(self):
        """Which lane is whose, as the store says: a lane once made stays what it is."""
        if int(self.store.client.hget(f"{BASE}:meta", "apart") or 0) == self.model.apart_lanes:
            return
        names = self.store.client.hgetall(f"{BASE}:names")
        said = self.store.client.hgetall(f"{BASE}:said")
        self.learn(names, said)

    def learn(self, names, said):
        """The same, from what was read."""
        for lane, queue in names.items():
            found = Lane(queue.decode(), *said.get(lane, b"\t\t\t\t").decode().split("\t"))
            assert self.model.lanes.setdefault(lane.decode(), found) == found, "a lane is another's now"
        self.model.apart_lanes = len(said)
