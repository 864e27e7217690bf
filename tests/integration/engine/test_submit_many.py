"""Jobs of all kinds in one script: all of them, or none."""

import asyncio
import json
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import AsyncClient, Client, IdempotencyConflict, NewJob, QueueClosed, QueueFull, UniqueConflict
from engine.clients.engine import Engine
from engine.entrance.enqueue import CHUNK
from engine.entrance.submit_many import MOST
from engine.errors import Conflict
from engine.jobs.job import WorkerInfo
from engine.queues.limits import QueueLimits
from tests.faults.picture import picture
from tests.support.invariants import broken
from tests.support.keys import unexplained_keys
from tests.support.proxy import Proxy
from tests.support.seats import claim

BASE = "herdsman:{default}"
HOOK = "https://hooks.example.com/a"
RAISE = {"on_conflict": "raise"}
LATER = {"mode": "keep_last", "key": "k"}


def batch(client, jobs, **options):
    return client.ask(client._entrance.accept_batch(jobs, **options))


@pytest.fixture
def limited(store):
    """Three jobs in `small`, of each tenant one; none in `closed`."""
    engine = Engine(store.url, "default", incarnation=7)
    info = WorkerInfo(incarnation="7", host="box", pid=1, pool="default", slot=0)
    engine.register(info, {"a": "default"}, {"small": QueueLimits(max_pending=3, tenant_max_pending=1)})
    engine.close()
    store.client.hset(f"{BASE}:limits", "closed", "closed 0 0 0 0")


def test_jobs_of_all_kinds_are_in_with_their_ids_in_order(client, seats):
    client.enqueue("t", 3, unique=True)
    jobs = [
        NewJob("t", 0, webhook=HOOK),
        NewJob("t", 1),
        NewJob("t", 2, unique=True, delay=60),
        NewJob("t", 3, unique=True),
        NewJob("t", 4, idempotency_key="k", tenant="a", priority="high"),
        NewJob("u", 5, queue="other"),
        NewJob("t", 2, unique=True),
    ]
    taken = batch(client, jobs)
    found = client.find_many(taken.ids)
    assert [found[one].data for one in taken.ids] == [job.data for job in jobs]
    assert (taken.new, taken.ids[2]) == (5, taken.ids[6])
    assert {name: queue.pending for name, queue in client.queues().items()} == {"default": 4, "other": 1}
    assert len(claim(seats(1), 9).jobs) == 4


SMALL = NewJob("a", 0, "small")
TENANTS = NewJob("a", 0, "small", tenant="x")
ONLY = NewJob("t", 9, unique=RAISE)
HOOKED = NewJob("t", webhook=HOOK)

CASES = {
    "another stands": ([NewJob("t", 1), NewJob("t", 0, unique=RAISE)], UniqueConflict, (1, None)),
    "two of the batch": ([ONLY, NewJob("t"), ONLY], UniqueConflict, (2, 0)),
    "a key of another": ([HOOKED, NewJob("t", 1, idempotency_key="k")], IdempotencyConflict, (1, None)),
    "a key of two": ([NewJob("t", n, idempotency_key="two") for n in range(2)], IdempotencyConflict, (1, 0)),
    "full by all kinds": ([SMALL, NewJob("a", 1, "small", unique=True), SMALL, TENANTS], QueueFull, None),
    "full for a tenant": ([TENANTS, NewJob("a", 1, "small", tenant="x", webhook=HOOK)], QueueFull, None),
    "closed": ([HOOKED, NewJob("t", 1, "closed", unique=True)], QueueClosed, None),
}


@pytest.mark.parametrize("name", CASES)
def test_where_one_is_refused_nothing_is_written(client, store, limited, name):
    jobs, error, places = CASES[name]
    client.enqueue("t", 0, unique=True)
    client.enqueue("t", 0, idempotency_key="k")
    before = _but_lanes(picture(store.client))
    with pytest.raises(error) as caught:
        batch(client, jobs)
    assert places is None or (caught.value.at, caught.value.twin) == places
    assert _but_lanes(picture(store.client)) == before


def _but_lanes(shown):
    """A lane has its number from when it was first looked for, whether anything came into it or not."""
    return {key: shown[key] for key in shown if not key.endswith((":lanes", ":names", ":said"))}


def test_what_stands_already_needs_no_room(client, store, limited):
    jobs = [NewJob("a", n, "small", unique=True) for n in range(3)]
    taken = batch(client, jobs)
    assert batch(client, jobs * 2) == (taken.ids * 2, 0)
    with pytest.raises(QueueFull):
        batch(client, [*jobs, NewJob("a", 9, "small")])
    store.client.hset(f"{BASE}:limits", "small", "closed 3 0 1 0")
    assert batch(client, jobs).ids == taken.ids


def test_types_that_are_unique_or_cached_by_what_workers_said_are_learned_first(client, store):
    for type_, traits in (("once", {"unique": {"on_conflict": "raise"}}), ("report", {"cache": 60_000})):
        store.client.hset(f"{BASE}:traits", type_, json.dumps(traits))
    jobs = [
        NewJob("once", 1),
        NewJob("report", 2),
        NewJob("t", 3),
        NewJob("report", 2, webhook=HOOK),
        NewJob("report", 2),
    ]
    taken = batch(client, jobs)
    assert (taken.new, taken.ids[4]) == (4, taken.ids[1])
    with Client(store.url) as other, pytest.raises(UniqueConflict) as caught:
        other.enqueue_many([*jobs[1:], ("once", 1)])
    assert caught.value.at == 4
    assert client.queues()["default"].pending == 4


def test_too_many_that_are_not_plain_are_refused_before_anything_is_sent(client):
    jobs = [NewJob("t", n, webhook=HOOK) for n in range(MOST + 1)]
    with pytest.raises(ValueError, match=r"1,001 of these jobs are .* at most 1,000"):
        batch(client, [NewJob("t"), *jobs])
    assert client.queues() == {}
    assert CHUNK <= MOST  # else `enqueue_many` could not send a chunk of them


def test_each_chunk_of_many_is_taken_whole_and_a_refusal_names_the_place_in_all_of_them(client):
    jobs = [NewJob("t", n, unique=True) for n in range(CHUNK)]
    with pytest.raises(UniqueConflict, match=rf"jobs\[{CHUNK + 1}\]") as caught:
        client.enqueue_many([*jobs, ("t", 0), NewJob("t", 7, unique=RAISE), ("t", 1)])
    assert caught.value.at == CHUNK + 1
    assert client.queues()["default"].pending == CHUNK


class TestKeyOfAWholeCall:
    JOBS = (NewJob("t", 1), NewJob("t", 2, unique=True), NewJob("t", 3, webhook=HOOK))

    @pytest.mark.parametrize("kinds", [slice(1), slice(1, None), slice(None)])
    def test_the_same_key_gives_the_same_ids_and_adds_nothing(self, client, store, kinds):
        first = batch(client, self.JOBS[kinds], key="k")
        assert first.new == len(first.ids)
        store.client.hset(f"{BASE}:limits", "default", "closed 0 0 0 0")
        with Client(store.url) as other:
            assert batch(other, self.JOBS[kinds], key="k") == (first.ids, 0)
        assert client.queues()["default"].pending == first.new
        [key] = store.client.keys("*:once:*")
        assert 86_390_000 < store.client.pttl(key) <= 86_400_000

    @pytest.mark.parametrize("other", [JOBS[:2], (*JOBS, NewJob("t", 4)), (JOBS[1], JOBS[0], JOBS[2])])
    def test_the_key_with_other_jobs_is_refused(self, client, other):
        batch(client, self.JOBS, key="k")
        with pytest.raises(IdempotencyConflict, match="for a batch of other jobs") as caught:
            batch(client, other, key="k")
        assert (caught.value.id, caught.value.at) == ("", None)
        assert client.queues()["default"].pending == 3

    def test_a_key_is_one_jobs_or_a_whole_calls(self, client):
        single = client.enqueue("t", 1, idempotency_key="single")
        with pytest.raises(IdempotencyConflict) as caught:
            batch(client, [NewJob("t", 1)], key="single")
        assert caught.value.id == single.id
        batch(client, [NewJob("t", 1)], key="whole")
        with pytest.raises(IdempotencyConflict, match="for a batch"):
            client.enqueue("t", 1, idempotency_key="whole")
        with pytest.raises(IdempotencyConflict, match=r"jobs\[0\].*for a batch"):
            batch(client, [NewJob("t", 1, idempotency_key="whole")])

    def test_what_was_refused_leaves_no_key_behind(self, client, store):
        client.enqueue("t", 1, unique=True)
        with pytest.raises(UniqueConflict):
            batch(client, [NewJob("t", 1, unique=RAISE)], key="k")
        assert store.client.keys("*:once:*") == []


def test_a_lost_reply_is_answered_again(store, client):
    client.enqueue("t", 0, unique=True)
    jobs = [NewJob("t", 1), NewJob("t", 0, unique=True), NewJob("t", 2, webhook=HOOK)]
    with Proxy(store.socket) as proxy, Client(proxy.url) as through:
        through.ping()
        for n in range(1, 4):
            proxy.lose = 1
            assert batch(through, jobs).new == 2
            proxy.lose = 1
            with pytest.raises(UniqueConflict):
                batch(through, [*jobs, NewJob("t", 0, unique=RAISE)])
            assert client.queues()["default"].pending == 1 + 2 * n
        assert proxy.lost == 6


def test_what_waits_behind_one_that_runs_is_one_job_though_a_batch_has_several(client, seats):
    client.enqueue("t", 0, unique=LATER)
    claim(seats(1))
    taken = batch(client, [NewJob("t", n, unique=LATER) for n in (1, 2, 3)])
    assert (taken.new, len(set(taken.ids))) == (1, 1)
    assert client.find(taken.ids[0]).data == 3


def test_an_async_client_takes_all_or_none_as_well(store):
    async def asked():
        async with AsyncClient(store.url) as client:
            with pytest.raises(UniqueConflict):
                await client.enqueue_many([("t", 1), *[NewJob("t", 2, unique=RAISE)] * 2])
            ids = await client.enqueue_many([("t", 1), NewJob("t", 2, unique=RAISE)])
            return ids, (await client.queues())["default"].pending

    ids, pending = asyncio.run(asked())
    assert (len(ids), pending) == (2, 2)


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


@settings(max_examples=50, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    stands=st.lists(new_jobs(), max_size=3), jobs=st.lists(new_jobs(), min_size=1, max_size=6), running=st.booleans()
)
def test_a_batch_is_what_its_jobs_are_one_after_another(store, stands, jobs, running):
    """But for a refusal, which takes all of it with it."""
    jobs.sort(key=lambda job: not _is_plain(job))  # those go first
    said = []
    for act in (_together, _singly):
        store.client.flushall()
        store.client.hset(f"{BASE}:traits", "report", json.dumps({"cache": 60_000}))
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
        taken = batch(client, jobs)
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
