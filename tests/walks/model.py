"""What must be true: where each job is, what it was charged with, in which order the pending ones stand. It changes by
what was called, never by what the store says; the store is compared with it.
"""

from collections import Counter, defaultdict
from typing import NamedTuple

from engine.store import keys

KEPT = ("completed", "cancelled")  # places whose jobs have a record for a while


class Lane(NamedTuple):
    """What stands in a lane."""

    queue: str
    priority: str
    tenant: str
    type: str
    key: str
    cost: str


class Limit(NamedTuple):
    """What keeps a lane: so many at once, or so many starts in a time that is longer than any walk."""

    kind: str
    name: str
    most: int
    cost: int


class Known:
    """One job."""

    __slots__ = (
        "asked", "attempts", "checkpoint", "crashes", "data", "due", "events", "flow", "held", "id", "lane", "lapsed",
        "lease", "lock", "name", "permits", "place", "queue", "releases", "type", "where",
    )  # fmt: skip

    def __init__(self, job, queue, data, type_, where):
        self.id, self.queue, self.data, self.type, self.where = job, queue, data, type_, where
        self.lane = job.partition("-")[0]
        self.permits = set()
        self.checkpoint = self.lock = self.flow = self.name = None
        self.held = False  # it waits for others of its flow
        self.events = ()  # of which ends somebody is to be told
        self.place = self.lease = None
        self.attempts = self.crashes = self.releases = 0
        self.asked = self.due = self.lapsed = False

    def __repr__(self):
        return f"<{self.id} {self.place} a{self.attempts} c{self.crashes} n{self.releases} asked={self.asked}>"


class Model:
    """All jobs, and each queue's pending ones in their order: first those given back, then the others."""

    def __init__(self):
        self.jobs = {}
        self.head = defaultdict(list)
        self.tail = defaultdict(list)
        self.paused = set()
        self.rescued = defaultdict(int)
        self.lanes = {}  # number -> Lane
        self.apart_lanes = 0
        self.limited = {}  # type -> {"rate": n, "concurrency": n}
        self.tenantry = {}  # queue -> the same, of each tenant
        self.stopped = set()
        self.spent = Counter()  # permits of rates, which never come back
        self.holders = {}  # lock -> job
        self.ends = []  # (job, place) of jobs that ended and were not looked at yet
        self.fresh = []  # jobs whose lane was not looked at yet

    def of(self, lease):
        """The job that is held under just this lease, if any."""
        job = self.jobs[lease.partition("/")[0]]
        return job if job.place == "processing" and job.lease == lease else None

    def held(self, owner=None):
        """The jobs that run, of one incarnation or of all."""
        ending = "" if owner is None else f"/{owner:x}"
        return [job for job in self.jobs.values() if job.place == "processing" and job.lease.endswith(ending)]

    def at(self, place, queue=None):
        """The jobs that are there."""
        return [job for job in self.jobs.values() if job.place == place and queue in (None, job.queue)]

    def pending(self, queue):
        """A queue's pending jobs in their order."""
        return self.head[queue] + self.tail[queue]

    @property
    def apart(self):
        """The types that stand apart."""
        return self.stopped | self.limited.keys()

    def lane(self, job):
        """What the job's lane is for."""
        return self.lanes[job.lane]

    def limits_of(self, lane):
        """The limits of a lane's jobs."""
        found = []
        for rules, name, cost in (
            (self.limited.get(lane.type, {}), f"t:{lane.type}:{lane.key}", int(lane.cost or 1)),
            (
                self.tenantry.get(lane.queue, {}) if lane.tenant else {},
                f"q:{lane.queue}:{lane.tenant}",
                int(lane.cost or 1),
            ),
        ):
            found += [Limit(kind, name, most, min(cost, most)) for kind, most in rules.items()]
        return found

    def permits(self, name):
        """The leases that hold a permit."""
        return {job.lease for job in self.jobs.values() if job.place == "processing" and name in job.permits}

    def new(self, job_id, queue, data=None, due=None, *, type_="t", where=("", "", "", "")):
        """A job was accepted. `due` None = at once, else whether its time has come."""
        assert job_id not in self.jobs, f"{job_id} was issued twice"
        job = self.jobs[job_id] = Known(job_id, queue, data, type_, where)
        priority, tenant, key, cost = where
        apart = type_ if type_ in self.apart else ""
        counted = apart or (tenant and queue in self.tenantry)  # a cost that no limit counts makes no lane
        self.fresh.append((job, Lane(queue, priority, tenant, apart, key if apart else "", cost if counted else "")))
        self.join(job) if due is None else self.schedule(job, due)
        return job

    def leave(self, job):
        """Out of wherever it is."""
        if job.place == "pending":
            (self.head if job in self.head[job.queue] else self.tail)[job.queue].remove(job)
        job.place = job.lease = None
        job.permits = set()
        job.due = job.lapsed = False

    def join(self, job):
        self.leave(job)
        self.tail[job.queue].append(job)
        job.place = "pending"
        self._regain(job)

    def schedule(self, job, due):
        self.leave(job)
        job.place, job.due = "scheduled", due
        self._regain(job)

    def take(self, job, lease, lapsed):
        self.leave(job)
        job.place, job.lease, job.lapsed = "processing", lease, lapsed
        if job.lock and job.lock[0] == "pending":
            self._free(job)

    def end(self, job, place):
        """completed or cancelled (with a record), gone (without), dead."""
        if job.place in ("pending", "scheduled", "processing"):
            if job.flow and not job.flow.gone and place == "gone":  # its record stays as long as its flow
                place, job.attempts = "completed", job.attempts + 1
            self.ends.append((job, place))
            job.held = False
            self._free(job)
        self.leave(job)
        job.place, job.asked = place, False

    def give(self, job):
        """Back to the head of its queue; one that nobody wants ends."""
        if job.asked:
            self.end(job, "cancelled")
            return
        self.leave(job)
        self.head[job.queue].insert(0, job)
        job.place = "pending"
        self._regain(job)

    def _regain(self, job):
        """It waits: it takes its lock again, if that is free."""
        if job.lock:
            self.holders.setdefault(job.lock, job)

    def _free(self, job):
        if job.lock and self.holders.get(job.lock) is job:
            del self.holders[job.lock]

    def crash(self, job, limit):
        """Charged with a crash; whether it was buried."""
        job.crashes += 1
        if job.asked or job.crashes < limit:
            self.give(job)
            return False
        self.end(job, "dead")
        return True


def differences(model, places, shot):
    """Where the store is not what the model says, as sentences."""
    said = []
    stood = places.pending_by_lane()
    for lane, ids in stood.items():
        queue = places.names[lane]
        meant = [job.id for job in model.pending(queue) if job.lane == lane]
        if ids != meant:
            said.append(f"lane {lane} of {queue}: {ids}, not {meant}")
    for name, found in (
        ("pending", [job for ids in stood.values() for job in ids]),
        ("processing", places.processing),
        ("scheduled", places.scheduled),
        ("dead", places.dead),
        ("finished", places.finished),
    ):
        jobs = [job for job in model.jobs.values() if job.place in (KEPT if name == "finished" else (name,))]
        meant = {job.lease if name == "processing" else job.id for job in jobs}
        if meant != set(found):
            said.append(f"{name}: not {sorted(set(found) - meant)}, but {sorted(meant - set(found))}")
    for job_id in places.records:
        said += _record(model.jobs.get(job_id), job_id, shot.hgetall(f"{places.base}:job:{job_id}"))
    asked = {job.id for job in model.jobs.values() if job.asked}
    cancels = {member.decode() for member in shot.zrange(f"{places.base}:cancels", 0, -1)}
    said += [] if asked == cancels else [f"asked to stop: {cancels}, not {asked}"]
    return said + _limits(model, places.base, shot)


def _limits(model, base, shot):
    """Of permits and lanes apart."""
    meant = {job.lease: job.permits for job in model.jobs.values() if job.permits}
    holding = {lease.decode(): set(of.decode().split("\t")) for lease, of in shot.hgetall(f"{base}:holding").items()}
    said = [] if holding == meant else [f"permits: {holding}, not {meant}"]
    apart = {name.decode() for name in shot.smembers(f"{base}:apart")}
    said += [] if apart == model.apart else [f"types apart: {apart}, not {model.apart}"]
    for queue in {lane.queue for lane in model.lanes.values()}:
        for number, state in shot.hgetall(f"{base}:state:{queue}").items():
            limits = model.limits_of(model.lanes[number.decode()])
            if state == b"blocked" and not any(
                limit.kind == "concurrency" and len(model.permits(limit.name)) >= limit.most for limit in limits
            ):
                said.append(f"lane {number} is blocked and nothing blocks it")
            if state == b"held" and not any(
                limit.kind == "rate" and model.spent[limit.name] + limit.cost > limit.most for limit in limits
            ):
                said.append(f"lane {number} is held and nothing holds it")
    return said


def _record(job, job_id, record):
    if job is None:
        return [f"{job_id} has a record and was never issued"]
    charged = tuple(int(record.get(field, 0)) for field in (b"a", b"c", b"n"))
    if charged != (job.attempts, job.crashes, job.releases):
        return [f"{job!r} was charged {charged}"]
    place = record.get(b"s", b"pending").decode()
    return [] if place == job.place else [f"{job!r} says of itself that it is {place}"]


def oldest_first(jobs):
    """In the order in which they were issued."""
    return sorted(jobs, key=lambda job: keys.place(job.id)[1:])
