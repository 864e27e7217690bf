"""A batch does what its jobs would do one after another."""

import json
from contextlib import closing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import Client, NewJob
from engine.clients.engine import Engine
from engine.errors import Conflict
from tests.faults.picture import picture
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys
from tests.support.seats import claim

HOOK = "https://hooks.example.com/a"
MODES = ("pending", "pending_or_running")
CONFLICTS = ("return", "replace", "extend", "raise")
KEYS = st.sampled_from("ab")
POLICIES = st.one_of(
    st.none(),
    st.fixed_dictionaries({"mode": st.sampled_from(MODES), "key": KEYS, "on_conflict": st.sampled_from(CONFLICTS)}),
    st.fixed_dictionaries({"mode": st.just("keep_last"), "key": KEYS}),
    st.fixed_dictionaries({"mode": st.sampled_from(["throttle", "debounce"]), "key": KEYS, "period": st.just("1h")}),
)


@st.composite
def new_jobs(draw):
    policy = draw(POLICIES)
    timed = policy is None or policy["mode"] != "debounce"
    return NewJob(
        draw(st.sampled_from(["t", "report"])),
        draw(st.integers(0, 2)),
        unique=policy,
        webhook=draw(st.sampled_from([None, None, HOOK])),
        idempotency_key=draw(st.sampled_from([None, None, "x"])),
        fresh=draw(st.sampled_from([False, False, True])),
        run_at=draw(st.sampled_from([None, 9e9, 9.1e9])) if timed else None,
    )


@settings(max_examples=80, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    stands=st.lists(new_jobs(), max_size=3), jobs=st.lists(new_jobs(), min_size=1, max_size=6), running=st.booleans()
)
def test_a_batch_is_what_its_jobs_are_one_after_another(store, stands, jobs, running):
    """But for a refusal, which takes all of it with it."""
    jobs.sort(key=lambda job: not _is_plain(job))  # those go first
    said = []
    for act in (_together, _singly):
        store.client.flushall()
        store.client.hset("herdsman:{default}:traits", "report", json.dumps({"cache": 60_000}))
        with Client(store.url) as client, closing(Engine(store.url, "default", incarnation=7)) as engine:
            for job in stands:
                _singly(client, [job])
            claim(engine, int(running))
            before = picture(store.client)
            said.append(act(client, jobs))
            refused = said[-1][0] == "refused"
            assert broken(store.client) == []
            assert unexplained_keys(store.client) == []
            assert not refused or act is _singly or picture(store.client) == before
    assert said[0] == said[1]


def _is_plain(job):
    return job.type == "t" and not (job.unique or job.webhook or job.idempotency_key or job.fresh)


def _together(client, jobs):
    try:
        taken = client.ask(client._entrance.accept_batch(jobs))
    except Conflict as error:
        return "refused", type(error), error.at
    return "taken", taken.new, _shape(client, taken.ids)


def _singly(client, jobs):
    taken = []
    for n, job in enumerate(jobs):
        try:
            taken.append(client.ask(client._entrance.accept(job, durable=False)))
        except Conflict as error:
            return "refused", type(error), n
    return "taken", sum(one.new for one in taken), _shape(client, [one.id for one in taken])


def _shape(client, ids):
    """Which of them share a job, and what stands there."""
    found = client.find_many(ids)
    return [(ids.index(one), found[one].state, found[one].data, found[one].type) for one in ids]
