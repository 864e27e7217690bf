"""say.lua on the real server: words under a lease, once each, under a cap; and nothing from those who lost theirs."""

import pytest

from engine import Client, JobError, JobNotFound
from engine.asking.peek import peek
from engine.asking.sayings import Said, say
from engine.clients.engine import Engine
from engine.payloads import payload
from engine.store.claims import Done
from engine.store.session import Session
from tests.support.invariants import broken
from tests.support.proxy import Proxy
from tests.support.seats import claim

BASE = "herdsman:{default}"


@pytest.fixture
def run(client, seats):
    """A job that runs: (handle, engine, lease)."""
    handle = client.enqueue("t", {"a": 1})
    engine = seats(1)
    [job] = claim(engine).jobs
    return handle, engine, engine.lease(job)


def test_what_a_job_says_is_there_at_once_and_its_body_stays(run, store):
    handle, engine, lease = run
    assert engine.run(say(lease, Said(1, (0, 0.5, "half way"), b"\x01", [(5, "one"), (0, "two")], 3)))
    job = handle.fetch()
    assert (job.state, job.data, job.progress.fraction, job.progress.text) == (
        "processing",
        {"a": 1},
        0.5,
        "half way",
    )
    log = handle.logs()
    assert ([line.text for line in log.lines], log.dropped) == (["one", "two"], 3)
    assert log.lines[1].at - log.lines[0].at == pytest.approx(0.005, abs=1e-4)
    assert store.client.hget(f"{BASE}:job:{handle.id}", "cp") == b"\x01"
    assert broken(store.client) == []


def test_an_acknowledgement_frees_what_was_said(run, store):
    handle, engine, lease = run
    engine.run(say(lease, Said(1, checkpoint=b"\x01", lines=[(0, "one")])))
    claim(engine, 0, done=[Done(lease)])
    assert store.client.exists(f"{BASE}:job:{handle.id}") == 0
    assert handle.state == "completed"


def test_a_kept_result_keeps_the_log_and_drops_the_checkpoint(run, store):
    handle, engine, lease = run
    engine.run(say(lease, Said(1, checkpoint=b"\x01", lines=[(0, "one")])))
    engine.complete([Done(lease, b"\x05", 60)])
    assert [line.text for line in handle.logs().lines] == ["one"]
    assert store.client.hexists(f"{BASE}:job:{handle.id}", "cp") is False
    assert [event.what for event in handle.fetch().history] == ["enqueued", "completed"]


@pytest.mark.parametrize("how", ["released", "settled", "retried", "completed"])
def test_a_stale_workers_words_change_nothing(client, run, seats, store, how):
    handle, engine, lease = run
    engine.run(say(lease, Said(1, (0, 0.1, ""), b"\x01", [(0, "mine")])))
    {
        "released": lambda: engine.release([lease]),
        "settled": lambda: seats(9).settle(1, "signal 9", [lease], charged=True, max_crashes=3),
        "retried": lambda: engine.retry(lease, JobError(type="E", message="m"), 60),
        "completed": lambda: engine.complete([Done(lease, b"\x05", 60)]),
    }[how]()
    if how in ("released", "settled"):
        claim(seats(2))
    before = store.client.hgetall(f"{BASE}:job:{handle.id}")
    assert engine.run(say(lease, Said(2, (0, 0.9, "late"), b"\x02", [(0, "late")], 1))) is False
    assert engine.run(say("1-1-1/5/a", Said(1, (0, 0.9, "never was")))) is False
    assert store.client.hgetall(f"{BASE}:job:{handle.id}") == before


def test_the_next_run_adds_to_the_log_and_finds_the_checkpoint(client, run, seats, store):
    handle, engine, lease = run
    engine.run(say(lease, Said(7, (0, 0.9, ""), b"\x01", [(0, "first run")])))
    engine.release([lease])
    other = seats(2)
    [job] = claim(other).jobs
    assert other.session.command("HGET", f"{BASE}:job:{job.id}", "cp") == b"\x01"
    other.run(say(other.lease(job), Said(1, (0, 0.1, ""), None, [(0, "second run")])))
    assert [line.text for line in handle.logs().lines] == ["first run", "second run"]
    assert handle.fetch().progress.fraction == 0.1
    assert store.client.hget(f"{BASE}:job:{job.id}", "cp") == b"\x01"


def test_a_word_whose_reply_is_lost_counts_once(store):
    with Proxy(store.socket) as proxy, Client(store.url) as client:
        handle = client.enqueue("t")
        engine = Engine(store.url, "default", incarnation=7)
        lease = engine.lease(claim(engine).jobs[0])
        session = Session(proxy.url, "default")
        session.run(say(lease, Said(1, lines=[(0, "line 1")])))
        for n in range(2, 12):
            proxy.lose = 1
            assert session.run(say(lease, Said(n, (0, n / 20, ""), b"\x01", [(0, f"line {n}")], 1)))
        assert proxy.lost == 10
        log = handle.logs()
        assert ([line.text for line in log.lines], log.dropped) == ([f"line {n}" for n in range(1, 12)], 10)
        session.close()
        engine.close()
        assert broken(store.client) == []


def test_a_ghost_of_an_older_word_takes_nothing_back(run):
    handle, engine, lease = run
    ghost = say(lease, Said(1, (0, 0.1, "old"), b"\x01", [(0, "one")]))
    engine.run(ghost)
    engine.run(say(lease, Said(2, (0, 0.2, "new"), b"\x02", [(0, "two")])))
    assert engine.run(ghost)
    assert handle.fetch().progress.text == "new"
    assert [line.text for line in handle.logs().lines] == ["one", "two"]


def test_the_log_keeps_its_newest_16_kilobytes_and_counts_the_rest(run, store):
    handle, engine, lease = run
    for n in range(60):
        engine.run(say(lease, Said(n + 1, lines=[(0, f"{n}-{i} " + "x" * 90) for i in range(10)])))
    log = handle.logs()
    assert log.lines[-1].text.startswith("59-9 ")
    assert len(log.lines) + log.dropped == 600
    assert 14_000 < store.client.hstrlen(f"{BASE}:job:{handle.id}", "lg") <= 16_400


def test_a_full_store_refuses_words_and_the_job_ends_all_the_same(run, store):
    handle, engine, lease = run
    store.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(Exception, match="memory limit"):
            engine.run(say(lease, Said(1, lines=[(0, "one")])))
        engine.complete([Done(lease, b"\x05", 60)])
    finally:
        store.client.config_set("maxmemory", 0)
    assert handle.fetch().result == 5


def test_dead_letters_keep_the_checkpoint_for_another_life_unless_the_payload_is_another(client, run, seats, store):
    handle, engine, lease = run
    engine.run(say(lease, Said(1, (0, 0.5, ""), b"\x01", [(0, "one")])))
    engine.bury(lease, JobError(type="E", message="m"))
    client.dead_letters.retry(handle.id)
    record = f"{BASE}:job:{handle.id}"
    assert store.client.hmget(record, "cp", "pg") == [b"\x01", None]
    [job] = claim(engine).jobs
    engine.bury(engine.lease(job), JobError(type="E", message="m"))
    client.dead_letters.retry(handle.id, data={"b": 2})
    assert store.client.hget(record, "cp") is None
    assert [line.text for line in handle.logs().lines] == ["one"]


def test_a_cancelled_job_has_no_checkpoint_any_more(client, run, store):
    handle, engine, lease = run
    engine.run(say(lease, Said(1, checkpoint=payload.encode({"step": 1}))))
    engine.release([lease])
    assert client.cancel(handle.id)
    assert store.client.hget(f"{BASE}:job:{handle.id}", "cp") is None


def test_listings_do_not_carry_logs_and_checkpoints(client, run):
    handle, engine, lease = run
    engine.run(say(lease, Said(1, checkpoint=b"c" * 60_000, lines=[(0, "x" * 900)] * 15)))
    engine.session.load("peek")
    engine.session.send(engine.session.pack(peek([handle.id])))
    assert len(b"".join(part for part in engine.session.receive()[0] if isinstance(part, bytes))) < 500


def test_the_log_of_a_job_that_said_nothing_is_empty_and_of_none_an_error(client, run):
    handle, _, _ = run
    assert handle.logs().lines == []
    with pytest.raises(JobNotFound):
        client.job("9-9-9").logs()
