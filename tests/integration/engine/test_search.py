"""Search on the real server: what it finds, wherever that stands, and what one step costs the store."""

import asyncio

import pytest

from engine import AsyncClient, Client, Flow, JobError, NewJob, QueryError, WorkerInfo
from engine.dead.graveyard import clock
from engine.payloads.key_ring import KeyRing, new_key
from engine.search.acting import Act, meant, moved, moves, until
from engine.search.match import Around, Matcher, Verdict
from engine.search.parse import parse
from engine.search.scan import ENTRIES
from engine.store import keys
from engine.store.claims import Done
from tests.support.processes import eventually
from tests.support.seats import claim

BASE = keys.base("default")
MANY = 50_000


def found(client, query, **how):
    """All that match, over all steps, and the last page."""
    jobs, page = [], None
    while page is None or page.cursor is not None:
        page = client.search(query, cursor=page and page.cursor, **how)
        jobs += page.jobs
    return [job.id for job in jobs], page


class Counter:
    """What the server was asked since `reset`, by command."""

    def __init__(self, server):
        self._server = server

    def reset(self):
        self._server.config_resetstat()

    def calls(self):
        told = self._server.info("commandstats")
        return {name.removeprefix("cmdstat_"): said["calls"] for name, said in told.items()}

    def commands(self):
        return sum(calls for name, calls in self.calls().items() if not name.startswith(("config", "info")))


@pytest.fixture
def crowd(store):
    """A client, without a look at fifty thousand invariants afterwards."""
    with Client(store.url) as made:
        yield made


def test_twelve_needles_in_fifty_thousand_jobs_are_found_in_bounded_steps(crowd, store):
    every = MANY // 12
    ids = crowd.enqueue_many(
        ("mail", {"user": {"id": n}, "odd": n % every == every - 1, "to": f"{n}@example.com"}) for n in range(MANY)
    )
    needles = ids[every - 1 :: every][:12]
    counter, seen, page, steps = Counter(store.client), [], None, 0
    while page is None or page.cursor is not None:
        counter.reset()
        before = page.looked_at if page else 0
        page = crowd.search("payload.odd:true queue:default", cursor=page and page.cursor)
        assert page.looked_at - before <= ENTRIES
        assert counter.commands() < ENTRIES / 100 + 30 + 20 * len(page.jobs), counter.calls()
        seen += [job.id for job in page.jobs]
        steps += 1
    assert seen == needles
    assert (page.method, page.looked_at, page.found, page.of) == ("scan", MANY, 12, MANY)
    assert steps == -(-MANY // (ENTRIES - 10))


def test_records_are_sifted_by_one_script_for_many(client, store):
    client.enqueue_many(NewJob("t", {"n": n}, delay="1h") for n in range(1000))
    counter = Counter(store.client)
    counter.reset()
    page = client.search("state:scheduled payload.n:7 -type:x")
    calls = counter.calls()
    assert ([job.data for job in page.jobs], page.looked_at, page.cursor) == ([{"n": 7}], 1000, None)
    assert calls["evalsha"] <= 1000 / 200 + 6
    assert calls["hmget"] == 1000
    assert calls.get("hgetall", 0) < 10


def test_a_job_is_found_wherever_it_stands(client, seats, run):
    engine = seats(1)
    engine.register(WorkerInfo(incarnation="1", host="h7", pid=1, pool="mail", slot=2), {})

    def enqueue(name, n, **options):
        return client.enqueue("find-me", {"mark": name, "n": n}, queue="work", **options).id

    ids = {name: enqueue(name, n) for n, name in enumerate(("done", "dead", "running"))}
    [done, dead, _] = claim(engine, 3, ("work",)).jobs
    ids |= {"plain": enqueue("plain", 3), "tenant": enqueue("tenant", 4, tenant="acme")}
    engine.complete([Done(engine.lease(done), b"\xa2ok", 60)])
    engine.bury(engine.lease(dead), JobError(type="KeyError", message="no user 17"))
    ids["later"] = client.enqueue("find-me", {"mark": "later", "n": 9}, delay="1h", headers={"trace": "t1"}).id
    ids["cancelled"] = client.enqueue("find-me", {"mark": "cancelled"}, queue="work").id
    client.cancel(ids["cancelled"])
    client.enqueue("other", {"mark": "other"}, queue="work")
    for name, job in ids.items():
        assert found(client, f"payload.mark:{name}")[0] == [job], name
    assert sorted(found(client, "type:find-*", limit=2)[0]) == sorted(ids.values())
    for query, names in {
        "worker:mail.2 running": ["running"],
        "host:h7 state:processing": ["running"],
        "tenant:acme": ["tenant"],
        "pending type:find-me -tenant:*": ["plain"],
        "error:user": ["dead"],
        "header.trace:t1": ["later"],
        "due<2h": ["later"],
        "result:ok": ["done"],
        "payload.n>1 queue:work": ["running", "plain", "tenant"],
        "completed": ["done"],
    }.items():
        assert sorted(found(client, query)[0]) == sorted(ids[name] for name in names), query
    mark = client.dead_letters.groups().groups[0].fingerprint
    assert found(client, f"group:{mark}")[0] == [ids["dead"]]
    claim(engine, 10, ("work",), [Done(engine.lease(done), None, 0)])
    client.purge("work")


QUERIES = (
    "all", "type:a", "-type:a", "queue:x", "-queue:x type:b*", "pending", "scheduled", "retrying",
    "-retrying scheduled", "processing", "completed,cancelled", "dead", "-dead", "tenant:acme", "-tenant:*",
    "priority:high", "tenant:*,acme", "payload.n:3,7,20", "payload.n>10 -dead", "-payload.n<30", "error:no",
    "-error:*", "cause:exception", "attempts>0", "attempts:0 -pending", "ended<1h", "run<1h", "due<2h",
    "workflow:*", "-workflow:*", "worker:*", "host:h7", "pool:p*", "header.trace:t*", "age<1h", "age>1h", "3",
    "-3", "result:ok", "key:k1", "releases>0", "crashes:0 queue:y,x",
)  # fmt: skip


def test_every_search_finds_what_looking_at_each_job_finds(client, seats, run):
    engine = seats(1)
    engine.register(WorkerInfo(incarnation="1", host="h7", pid=1, pool="p", slot=2), {})
    client.enqueue_many([NewJob("abc"[n % 3], {"n": n}, queue="xy"[n % 2]) for n in range(24)])
    client.enqueue_many(
        [NewJob("a", {"n": 30}, queue="x", tenant="acme", priority="high"), NewJob("b", 3, limit_key="k1")]
    )
    flow = Flow()
    flow.job("b", {"n": 33}, after=[flow.job("a", {"n": 32}, name="one", queue="z")], queue="z")
    client.flows.submit(flow)
    client.enqueue_many(NewJob("b", {"n": n}, delay="1h", headers={"trace": f"t{n}"}) for n in range(40, 44))
    jobs = claim(engine, 16, ("x", "y")).jobs
    leases = [engine.lease(job) for job in jobs]
    error = JobError(type="E", message="no user")
    engine.complete([Done(leases[0], b"\xa2ok", 60), Done(leases[1], b"\xa2no", 60)])
    for lease in leases[2:5]:
        engine.bury(lease, error)
    for lease in leases[5:8]:
        engine.retry(lease, error, 3000.0)
    engine.release(leases[8:12])
    for job in client.jobs("pending", limit=3).jobs:
        client.cancel(job.id)
    every, page = [], None
    while page is None or page.cursor is not None:
        page = client.jobs(limit=500, cursor=page and page.cursor)
        every += page.jobs
    around = Around(client.ask(clock()) / 1000, {one.incarnation: one for one in client.workers()})
    for number, query in enumerate(QUERIES):
        wanted = sorted(job.id for job in every if Matcher(parse(query)).says(job, around) is Verdict.YES)
        found_by, last = found(client, query, limit=(500, 3, 1)[number % 3])
        assert sorted(found_by) == wanted, query
        assert last.found == len(wanted)
    assert sorted(found(client, "all")[0]) == sorted(job.id for job in every)
    engine.release(leases[12:])
    client.flows.cancel(client.flows.list()[0].id)


def test_what_is_named_is_read_and_nothing_else(client, run):
    ids = client.enqueue_many([("t", n) for n in range(30)])
    wanted = Flow()
    wanted.job("t", "b", name="b", after=[wanted.job("t", "a", name="a")])
    flow = client.flows.submit(wanted)
    other = client.enqueue("t", queue="other").id
    for query, expected, looked in (
        (f"id:{ids[3]},{ids[5]},1-1-1,x", [ids[3], ids[5]], 3),
        (f"workflow:{flow.id}", list(flow.ids.values()), 2),
        (f"workflow:{flow.id} scheduled", [flow.ids["b"]], 2),
        ("workflow:nope", [], 0),
        ("queue:other pending", [other], 1),
        ("queue:nowhere state:dead,pending", [], 0),
    ):
        jobs, page = found(client, query)
        assert (jobs, page.method, page.looked_at, page.of) == (expected, "index", looked, looked), query
    client.flows.cancel(flow.id)


def test_a_walk_passes_over_nothing_while_jobs_come_and_go(client, dead):
    ids = dead(25)
    client.enqueue_many(("t", n) for n in range(30))
    seen, page = [], None
    while page is None or page.cursor is not None:
        page = client.search("state:dead,pending", limit=4, cursor=page and page.cursor)
        seen += [job.id for job in page.jobs if job.state == "dead"]
        for job in page.jobs:
            assert job.state != "dead" or client.dead_letters.delete(job.id)
            assert job.state != "pending" or client.cancel(job.id)
    assert sorted(seen) == sorted(ids)
    assert client.queues()["default"].pending == 0


def test_young_jobs_are_found_without_a_look_at_the_old_ones_of_a_lane(client):
    old = client.enqueue_many(("t", n) for n in range(500))
    passed = keys.place(old[-1]).ms / 1000 + 0.3
    eventually(lambda: client.ask(clock()) / 1000 > passed, 5)
    young = client.enqueue_many(("t", n) for n in range(10))
    page = client.search("pending age<200ms")
    assert page.looked_at <= len(young)
    assert {job.id for job in page.jobs} <= set(young)
    assert found(client, "pending age<1h")[0] == [*old, *young]


def _act(client, act, query, moment):
    done, page = 0, None
    while page is None or page.cursor is not None:
        page = client.search(meant(act, parse(query)), limit=4, cursor=page and page.cursor)
        done += sum(moved(client.run(call)) for call in moves(act, until(page.jobs, moment)))
    return done


def test_all_that_match_are_retried_deleted_and_cancelled_each_once(client, seats, dead):
    letters = dead(9, "work", message="no user {}")
    moment = client.ask(clock()) / 1000
    assert _act(client, Act.DELETE, "error:1,3", moment) == 2
    assert _act(client, Act.RETRY, "type:t payload.n<6", moment) == 4
    assert _act(client, Act.RETRY, "type:t payload.n<6", moment) == 0
    assert [client.find(letters[n]).state for n in (0, 1, 6)] == ["pending", "completed", "dead"]
    claimed = claim(seats(3), 1, ("work",)).jobs[0].id
    later = client.enqueue("t", {"n": 0}, queue="work", delay="1h").id
    assert _act(client, Act.CANCEL, "queue:work", moment) == 3
    assert [client.find(one).state for one in (claimed, later, letters[6])] == ["processing", "scheduled", "dead"]
    with pytest.raises(QueryError, match="state:dead for all of them"):
        meant(Act.DELETE, parse("all"))
    client.cancel(later)


def test_encrypted_and_long_payloads_are_counted_where_they_cannot_be_looked_through(client, store):
    long = client.enqueue("t", {"user": "ann", "more": "x" * 100_000}).id
    plain = client.enqueue("t", {"user": "ann"}).id
    with Client(store.url, keys=KeyRing([("k1", new_key())]), compress_over=1000) as sealing:
        sealed = sealing.enqueue("t", {"user": "ann"}).id
        packed = sealing.enqueue("u", {"user": "bob", "more": "x" * 10_000}).id
        jobs, page = found(client, "payload.user:ann")
        assert (jobs, page.encrypted, page.too_long) == ([plain], 2, 1)
        _, page = found(client, "payload.user:ann type:u")
        assert (page.encrypted, page.too_long) == (1, 0)
        assert found(sealing, "payload.user:ann")[0] == [plain, sealed]
        assert found(sealing, "payload.user:bob")[0] == [packed]
    [job] = client.search(f"id:{long}", brief=True).jobs
    assert len(job.data) <= 256


def test_the_async_client_answers_the_same(client, store):
    client.enqueue_many(("t", {"n": n}) for n in range(300))

    async def ask():
        other = AsyncClient(store.url)
        try:
            page = await other.search("payload.n>=290", limit=4)
            return page, await other.search("payload.n>=290", limit=100, cursor=page.cursor)
        finally:
            await other.close()

    page, rest = asyncio.run(ask())
    assert page == client.search("payload.n>=290", limit=4)
    assert [job.data["n"] for job in (*page.jobs, *rest.jobs)] == list(range(290, 300))
    assert (page.found, rest.found, rest.looked_at) == (4, 10, 300)


def test_a_bad_query_and_a_cursor_that_is_none_are_refused(client):
    client.enqueue("t")
    with pytest.raises(QueryError, match="character 7 of the query"):
        client.search("state:ded")
    for cursor in ("x", "0:1", "1.1.1/x/0.0.0.0.", "1.1.1/5/0.0.0.0.", f"1.1.1/{'9' * 61}/0.0.0.0."):
        with pytest.raises(ValueError, match="cursor"):
            client.search("pending", cursor=cursor)
