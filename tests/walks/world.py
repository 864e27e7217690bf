"""The stage of a walk: a store, a client, workers that may be dead, and the model; after every step all of it is
compared. Themes (see the other files here) add rules to it.
"""

from collections import deque

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.schedules import schedule
from tests.support.invariants import Places, broken
from tests.support.keys import unexplained_keys
from tests.support.snapshot import Snapshot
from tests.walks.model import Model, differences
from tests.walks.sky import FAIR, KINDS, Sky, StormyClient, StormyEngine

QUEUES = ("high", "low")
BASE = "herdsman:{default}"
WEATHER = st.sampled_from([FAIR] * 7 + list(KINDS))
NUMBERS = st.integers(0, 255)  # which of the things there are: its remainder


def verb(**strategies):
    """A rule whose first call meets the weather that the walk drew. It counts as a step when it called anything.

    What is drawn comes in one piece: hypothesis prefers rules with few arguments.
    """

    def decorate(function):
        def step(self, drawn):
            weather, knobs = drawn
            before = self.sky.calls.total()
            self.sky.next = weather
            function(self, **knobs)
            self.sky.next = FAIR
            if self.sky.calls.total() > before:
                type(self).tally[function.__name__] += 1

        step.__name__ = step.__qualname__ = function.__name__
        return rule(drawn=st.tuples(WEATHER, st.fixed_dictionaries(strategies)))(step)

    return decorate


class World(RuleBasedStateMachine):
    """Three workers that claim, finish, fail, lie and die; a keeper; a janitor; a client."""

    store = None  # these are set by the test, for hypothesis makes the machine without arguments
    tally = None
    calls = None
    befell = None
    met = None  # states of lanes apart

    def __init__(self):
        super().__init__()
        self.store.client.flushall()
        self.sky = Sky()
        self.model = Model()
        self.client = StormyClient(self.sky, self.store.url)
        self.lives = 1
        self.keeper = StormyEngine(self.sky, self.store.url, 1)
        self.workers = {}
        self.silenced = set()  # incarnations marked dead while their processes live
        self.dead_workers = deque(maxlen=3)
        self.leases = deque(maxlen=12)  # (engine, lease): some are held, some not any more
        self.running = {}  # incarnation -> id its keeper last said it runs
        self.types = {}
        self.limits = {}
        self.closed = set()
        self.words, self.logged = {}, {}  # lease -> number of its last word; id -> lines
        self.parked = set()  # lanes that waited for a worker that knows their type
        self.slots = set()
        clock = schedule.Schedule(name="clock", task="t", cron="* * * * *")
        self.client.run(schedule.declare("file", [clock]))
        self.store.client.hset(f"{BASE}:schedule:clock", "slot", 0)
        self.shot = Snapshot(self.store.client)

    def teardown(self):
        for engine in (self.keeper, *self.workers.values(), *self.dead_workers):
            engine.close()
        self.client.close()
        type(self).calls.update(self.sky.calls)
        type(self).befell.update(self.sky.befell)

    # --- what rules use -----------------------------------------------------------------------------------------

    def told(self, act):
        """What `act` answers; None when the reply was lost, for then the answer is that to a repetition."""
        before = self.sky.befell["reply lost"]
        answer = act()
        return answer if self.sky.befell["reply lost"] == before else None

    def worker(self, n):
        """The nth worker; a new one when there is none."""
        if n not in self.workers:
            self.lives += 1
            self.workers[n] = StormyEngine(self.sky, self.store.url, self.lives)
        return self.workers[n]

    def pick(self, number, among):
        """One of them, or None when there are none."""
        among = list(among)
        return among[number % len(among)] if among else None

    def some_job(self, number, place=None):
        """A job, in that place where one is there."""
        jobs = self.model.at(place) if place else []
        return self.pick(number, jobs or self.model.jobs.values())

    def order(self, key):
        """The members of a sorted set, in its order, as they stood before this step."""
        return [member.decode() for member in self.shot.zrange(f"{BASE}:{key}", 0, -1)]

    def queue_of(self, type_, queue):
        """Where such a job goes."""
        return queue if queue is not None else self.types.get(type_, "default")

    def full(self, queue, count):
        """Whether so many more are more than the queue takes."""
        if queue in self.closed:
            return True
        limit = self.limits.get(queue)
        return limit is not None and len(self.model.pending(queue)) + count > limit

    # --- what must hold after every step ------------------------------------------------------------------------

    @invariant()
    def the_store_is_as_the_model_says(self):
        self.shot = Snapshot(self.store.client)
        self.learn(self.shot.hgetall(f"{BASE}:names"), self.shot.hgetall(f"{BASE}:said"))
        for queue in QUEUES:
            self.met.update(self.shot.hvals(f"{BASE}:state:{queue}"))
        self.follow(self.shot.hmget)
        self.hear()
        for job, lane in self.model.fresh:
            assert self.model.lanes[job.id.partition("-")[0]] == lane, f"{job} stands in another lane than {lane}"
        self.model.fresh.clear()
        self.look_at_locks()
        self.look_at_holds()
        assert broken(self.shot) == []
        assert differences(self.model, Places(self.shot), self.shot) == []
        assert unexplained_keys(self.shot) == []
