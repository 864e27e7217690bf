"""Packed payloads, versions and middleware with real workers of both kinds."""

import pytest

from engine import Client, JobState, KeyMissing, KeyRing, PayloadError, Sealed
from engine.payloads.key_ring import new_key
from engine.tracing import tracing

pytestmark = pytest.mark.process
kinds = pytest.mark.parametrize("concurrency", [1, 4])
ENDED = (JobState.COMPLETED, JobState.DEAD, JobState.CANCELLED)
OLD, NEW = new_key(), new_key()


@pytest.fixture
def begin(start):
    def make(**keys):
        return start(tasks=["hm_tasks", "hm_payloads"], **keys)

    return make


def encrypting(*keys):
    return {"encryption": {"keys": [{"id": name, "key": key} for name, key in keys]}}


@kinds
def test_compressed_payloads_and_results_come_back_whole(begin, store, concurrency) -> None:
    pool = begin(concurrency=concurrency, sections={"payloads": {"compress_over": 100}})
    large = {"value": ["abc" * 1000] * 50}
    with Client(store.url, compress_over=100) as client:
        assert client.enqueue("echo-async", large).result(timeout=10) == large["value"]
        assert client.enqueue("echo-async", [{"value": 1}]).result(timeout=10) == {"value": 1}
        assert pool.run("echo-async", ["x" * 5000]) == "x" * 5000  # a plain payload, a compressed result
        client.pause("default")
        job = client.enqueue("echo-async", large)
        assert store.client.memory_usage(f"{{default}}:job:{job.id}") is None
        assert client.find(job.id).data == large
        client.resume("default")


@kinds
def test_encrypted_payloads_and_results_are_read_by_those_who_have_the_key(begin, store, concurrency) -> None:
    pytest.importorskip("cryptography")
    # The worker has both keys; the producer still has the old one alone.
    pool = begin(concurrency=concurrency, sections=encrypting(("new", NEW), ("old", OLD)))
    with Client(store.url, keys=KeyRing({"old": OLD})) as early, Client(store.url, keys=KeyRing({"new": NEW})) as late:
        job = early.enqueue("echo-async", ["hidden-1"])
        assert pool.ended(job).state is JobState.COMPLETED
        assert late.enqueue("echo-async", ["hidden-2"]).result(timeout=10) == "hidden-2"
        assert late.job(job.id).result() == "hidden-1"  # the result is written with the worker's first key
        with pytest.raises(KeyMissing, match="'new'"):
            early.job(job.id).result()
        found = pool.client.find(job.id)
        assert (str(found.data), str(found.result)) == ("<encrypted, key id old>", "<encrypted, key id new>")
        assert pool.client.jobs(state="completed").jobs[0].data.key_id in ("old", "new")
        assert b"hidden" not in _all_of(store)


@kinds
def test_a_worker_without_the_key_puts_the_job_aside_at_once(begin, store, concurrency) -> None:
    pytest.importorskip("cryptography")
    pool = begin(concurrency=concurrency)
    with Client(store.url, keys=KeyRing({"k1": NEW})) as client:
        job = client.enqueue("echo-async", ["hidden"], retries=5)
        found = pool.ended(job, *ENDED)
        assert (found.state, found.error.cause, found.attempts) == (JobState.DEAD, "no key", 0)
        assert "'k1'" in found.error.message
        assert isinstance(found.data, Sealed)
        assert client.dead_letters.list().jobs[0].data == ["hidden"]
        # With another payload, encrypted for its type, it goes the same way: nothing is sent in the clear.
        assert client.dead_letters.retry(job.id, ["other"])
        assert pool.ended(job, JobState.DEAD).error.cause == "no key"
        assert client.find(job.id).data == ["other"]
        assert b"other" not in _all_of(store)


@kinds
def test_a_payload_that_can_never_fit_is_not_tried_again(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    for name, data, complaint in (
        ("mail", {"to": 5}, "upcaster from version 1 failed: KeyError"),
        ("echo-async", {"other": 1}, "unknown field `other`"),
    ):
        found = pool.ended(pool.client.enqueue(name, data, retries=5), *ENDED)
        assert (found.state, found.error.cause, found.attempts) == (JobState.DEAD, "undecodable", 1)
        assert complaint in found.error.message


@kinds
def test_payloads_of_every_version_are_run(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    assert pool.run("mail", {"address": "a"}) == ["a", "none", 2]
    assert pool.run("mail", {"to": "b", "subject": "s"}, version=2) == ["b", "s", 2]
    assert pool.run("mail", {"to": "c", "subject": "s"}, version=3) == ["c", "s", 1]


@kinds
def test_a_later_version_waits_for_newer_code_and_is_charged_nothing(begin, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    job = pool.client.enqueue("mail", {"something": "new"}, version=4)
    known = pool.client.enqueue("echo-async", [1], version=2)  # a task without versions is of version 1
    for waiting in (job, known):
        found = pool.ended(waiting, JobState.SCHEDULED)
        assert (found.attempts, found.error.type) == (0, "UnknownVersion")
        assert "newer code" in found.error.message
    assert found.version == 2


@kinds
def test_middleware_surrounds_every_task_and_carries_the_trace(begin, store, concurrency) -> None:
    pool = begin(concurrency=concurrency)
    with Client(store.url, middleware=[tracing.propagate]) as client:
        here = tracing.begin()
        token = tracing.current.set(here)
        try:
            job = client.enqueue("told", headers={"asked-by": "me"})
        finally:
            tracing.current.reset(token)
        said = job.result(timeout=10)
    assert (said["asked-by"], said["traceparent"]) == ("me", here.traceparent)
    inside = tracing.parse(said["here"])
    assert inside.trace_id == here.trace_id
    assert inside.span_id != here.span_id
    assert [len(pool.runs(word)) for word in ("in", "out")] == [1, 1]
    found = pool.ended(pool.client.enqueue("breaks"), *ENDED)
    assert (found.error.type, found.error.message) == ("OSError", "as it is told outside")
    assert "KeyError: 'inner'" in found.error.traceback
    assert [len(pool.runs(word)) for word in ("in", "seen", "out")] == [2, 1, 2]
    assert pool.client.find(job.id).headers["asked-by"] == "me"


def test_a_payload_is_refused_where_the_code_is_at_hand(store) -> None:
    from worker.tasks.checking import validator
    from worker.tasks.registry import Registry, make_task

    registry = Registry()
    registry.add(make_task("mail", _takes_to))
    with Client(store.url, middleware=[validator(registry)]) as client:
        with pytest.raises(PayloadError, match="missing required field `to`"):
            client.enqueue_many([("mail", {"to": "a"}), ("mail", {})])
        assert client.queues() == {}  # nothing of the chunk was sent


def _takes_to(to: str) -> None: ...


def _all_of(store) -> bytes:
    """Every body and record in the store, as bytes (a dump would be compressed)."""
    read = {
        b"hash": store.client.hgetall,
        b"stream": store.client.xrange,
        b"zset": lambda key: store.client.zrange(key, 0, -1),
    }
    found = [repr(read[kind](key)) for key in store.client.scan_iter() if (kind := store.client.type(key)) in read]
    return "".join(found).encode()


def test_what_is_not_encrypted_would_be_seen(store) -> None:
    with Client(store.url) as client:
        client.enqueue("t", ["hidden"])
        assert b"hidden" in _all_of(store)
