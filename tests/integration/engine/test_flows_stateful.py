"""Random flows, random ends of their members, crashes and late answers, against a simple model."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Client, Flow
from engine.clients.engine import Engine
from engine.flows.flow import ON_FAILURE
from engine.flows.flow_calls import proceed, step
from engine.payloads import payload
from engine.store.claims import Done
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys
from tests.support.seats import ERROR, claim

KINDS = ("fail", "continue", "ignore", "wait", ON_FAILURE)
FAILED = {"dead", "cancelled"}


@st.composite
def shapes(draw):
    """Members: (parents with policies, how it ends, how often it takes its process down before that)."""
    size = draw(st.integers(1, 12))
    members = []
    for n in range(size):
        parents = draw(st.dictionaries(st.integers(0, n - 1), st.sampled_from(KINDS), max_size=4)) if n else {}
        members.append(
            (parents, draw(st.sampled_from(["result", "none", "dead", "cancelled"])), draw(st.integers(0, 2)))
        )
    return members


def allowed(parents, end, states):
    """In which states a member may be at the end, when its parents are in these."""
    gated = {states[p] for p, kind in parents.items() if kind in ("fail", "wait")}
    hard = {states[p] for p, kind in parents.items() if kind == "fail"} | {s for s in gated if s != "dead"}
    barred = ({"cancelled"} if hard & FAILED else set()) | ({"skipped"} if "skipped" in hard else set())
    if barred:
        return barred  # whichever of its parents ended first
    asleep = any(states[p] == "waiting" or (kind == "wait" and states[p] == "dead") for p, kind in parents.items())
    if asleep:
        return {"waiting"}
    rescues = [states[p] for p, kind in parents.items() if kind == ON_FAILURE]
    if rescues and not FAILED & set(rescues):
        return {"skipped"}
    return {{"result": "completed", "none": "completed"}.get(end, end)}


class Play:
    """One flow, played to its end."""

    def __init__(self, store, shape, data):
        self.shape, self.data, self.store = shape, data, store
        store.client.flushall()
        self.client, self.lives, self.ends = Client(store.url), 10, [0] * len(shape)
        self.crashes, self.runs, self.stale = [0] * len(shape), [0] * len(shape), []
        self.handle = self.client.flows.submit(self.flow())

    def flow(self):
        flow, made = Flow(keep=60), []
        for n, (parents, _, _) in enumerate(self.shape):
            after = {made[p]: kind for p, kind in parents.items() if kind != ON_FAILURE}
            rescues = [made[p] for p, kind in parents.items() if kind == ON_FAILURE]
            made.append(flow.job("t", {"n": n}, name=str(n), after=after, on_failure=rescues))
        return flow

    def to_the_end(self):
        while True:
            self.lives += 1
            engine = Engine(self.store.url, "default", incarnation=self.lives)
            jobs = claim(engine, self.data.draw(st.integers(1, 4))).jobs
            if not jobs:
                engine.close()
                return
            self.batch(engine, jobs)
            engine.close()
            self.late_answers()
            assert broken(self.store.client) == []

    def batch(self, engine, jobs):
        for job in self.data.draw(st.permutations(jobs)):
            n, lease = payload.decode(job.payload)["n"], engine.lease(job)
            _, end, crashes = self.shape[n]
            if self.crashes[n] < crashes:
                self.crashes[n] += 1
                self.stale.append(lease)
                engine.settle(engine.incarnation, "signal 9", [lease], charged=True, max_crashes=9)
                return
            self.runs[n] += 1
            self.finish(engine, lease, end)
            self.stale.append(lease)

    @staticmethod
    def finish(engine, lease, end):
        if end == "dead":
            assert engine.bury(lease, ERROR)
        elif end == "cancelled":
            assert engine.discard(lease, ERROR, 60)
        else:
            assert engine.complete([Done(lease, b"\x01" if end == "result" else None, 60)]) == 1

    def late_answers(self):
        ghost = Engine(self.store.url, "default", incarnation=3)
        for lease in self.data.draw(st.lists(st.sampled_from(self.stale), max_size=2)) if self.stale else ():
            assert ghost.complete([Done(lease)]) == 0
            assert not ghost.bury(lease, ERROR)
        ghost.close()
        if self.data.draw(st.booleans()):
            self.client.ask(proceed(rounds=1))

    def check(self):
        states = {int(m.name): m.shown_state for m in self.handle.members()}
        for n, (parents, end, _) in enumerate(self.shape):
            assert states[n] in allowed(parents, end, states), (n, states)
            ran = states[n] in ("completed", "dead") or (
                states[n] == "cancelled" and self.crashes[n] + self.runs[n] > 0
            )
            assert self.runs[n] == int(ran), (n, states)
        return states

    def over(self, states):
        if "waiting" in states.values():
            assert self.handle.state() == "running"
            return False
        assert self.handle.state() == ("failed" if FAILED & set(states.values()) else "completed")
        return True

    def revive(self):
        """Those that are dead are retried by hand, and complete."""
        for n, (parents, end, crashes) in enumerate(self.shape):
            if end == "dead" and self.client.dead_letters.retry(self.handle.ids[str(n)]):
                self.runs[n] -= 1
            if end == "dead":
                self.shape[n] = (parents, "none", crashes)

    def forgotten(self):
        """Time goes by: nothing is left of it."""
        flow = {self.handle.id: 1}
        self.store.client.zadd("herdsman:{default}:flows:over", flow)
        for _ in range(3):
            self.client.run(step())
        assert unexplained_keys(self.store.client) == broken(self.store.client) == []
        assert self.client.flows.list() == []

    def close(self):
        self.client.close()


def test_every_member_ends_as_the_model_says_and_runs_to_its_end_once(store):
    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(shapes(), st.data())
    def plays(shape, data):
        play = Play(store, shape, data)
        try:
            play.to_the_end()
            play.check()
            seen = play.check()
            if not play.over(seen):
                before = {n for n, state in seen.items() if state in ("cancelled", "skipped")}
                play.revive()
                play.to_the_end()
                after = {int(m.name): m.shown_state for m in play.handle.members()}
                assert before <= {n for n, state in after.items() if state in ("cancelled", "skipped")}
                assert play.over(after)
            play.forgotten()
        finally:
            play.close()

    plays()


def test_a_flow_that_is_cancelled_at_any_moment_ends_as_cancelled(store):
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(shapes(), st.data())
    def plays(shape, data):
        play = Play(store, [(parents, "none", 0) for parents, _, _ in shape], data)
        try:
            engine = Engine(store.url, "default", incarnation=5)
            running = claim(engine, data.draw(st.integers(0, 4))).jobs
            ended = data.draw(st.integers(0, len(running)))
            for job in running[:ended]:
                assert engine.complete([Done(engine.lease(job))]) == 1
            was = play.handle.state()
            assert play.handle.cancel() is (was == "running")
            assert claim(engine).jobs == []
            for job in running[ended:]:
                play.finish(engine, engine.lease(job), data.draw(st.sampled_from(["none", "cancelled"])))
            assert broken(store.client) == []
            assert play.handle.state() == ("cancelled" if was == "running" else was)
            engine.close()
            play.forgotten()
        finally:
            play.close()

    plays()
