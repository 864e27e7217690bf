"""Both clients with keys, compression and middleware, and the command line, on the real server."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import AsyncClient, Client, JobError, KeyMissing, KeyRing, NewJob, Sealed
from engine.payloads.codec import Codec
from engine.payloads.key_ring import new_key
from engine.store.claims import Done
from engine.tracing import tracing
from tests.support.seats import claim

pytest.importorskip("cryptography")
ROOT = Path(__file__).resolve().parents[3]
KEY = new_key()
RING = KeyRing({"k": KEY})


def both(store, use, **carrying):
    """`use(client, call)` with each kind of client; `call` gives what an answer of either kind comes to."""
    with Client(store.url, **carrying) as client:
        use(client, lambda answer: answer)

    async def asynchronous():
        async with AsyncClient(store.url, **carrying) as client:
            loop = asyncio.get_running_loop()

            def call(answer):
                return (
                    asyncio.run_coroutine_threadsafe(answer, loop).result(10) if asyncio.iscoroutine(answer) else answer
                )

            await asyncio.to_thread(use, client, call)

    asyncio.run(asynchronous())


def test_what_a_client_with_keys_sends_only_those_with_keys_read(store, client):
    def use(keyed, call):
        job = call(keyed.enqueue("t", {"a": 1}, headers={"x": "y"}, version=2))
        ids = [job.id, *call(keyed.enqueue_many([("t", [2]), NewJob("u", {"b": 3}, version=4)]))]
        assert [call(keyed.find(i)).data for i in ids] == [{"a": 1}, [2], {"b": 3}]
        found = call(keyed.jobs(queue="default")).jobs
        assert {"b": 3} in [one.data for one in found]
        first = call(keyed.find(job.id))
        assert (first.headers, first.version) == ({"x": "y"}, 2)
        assert [str(client.find(i).data) for i in ids] == ["<encrypted, key id k>"] * 3

    both(store, use, keys=RING)


def test_a_result_that_is_encrypted_is_no_result_without_the_key(store, client, seats):
    handle = client.enqueue("t", ["plain"])
    engine = seats(1)
    [job] = claim(engine).jobs
    engine.complete([Done(engine.lease(job), Codec(keys=RING).pack(42, "t", "result"), 60)])
    with pytest.raises(KeyMissing, match="'k'"):
        handle.result(timeout=5)

    def use(keyed, call):
        assert call(keyed.job(handle.id).result(timeout=5)) == 42

    both(store, use, keys=RING)


def test_a_dead_letter_is_retried_with_a_new_payload_that_is_packed_for_its_type(store, client, seats):
    numbers = iter((1, 2))

    def use(keyed, call):
        job = call(keyed.enqueue("t", [1]))
        engine = seats(next(numbers))
        engine.bury(engine.lease(claim(engine).jobs[0]), JobError("ValueError", "no"))
        [letter] = call(keyed.dead_letters.list()).jobs
        assert letter.data == [1]
        assert call(keyed.dead_letters.retry(job.id, {"new": 2}))
        [again] = claim(engine).jobs
        assert Codec(keys=RING).unpack(again.payload, "t") == b"\x81\xa3new\x02"
        assert b"new" not in again.payload
        engine.complete([Done(engine.lease(again))])
        assert not call(keyed.dead_letters.retry("1-9999999999999-1", {"new": 2}))

    both(store, use, keys=RING)


def test_middleware_of_both_clients_sees_every_job(store, client):
    def use(traced, call):
        ids = [call(traced.enqueue("t")).id, *call(traced.enqueue_many([("t", 1), NewJob("t", 2)]))]
        for job_id in ids:
            assert tracing.parse(client.find(job_id).headers["traceparent"])

    both(store, use, middleware=[tracing.propagate])


def test_the_command_line_reads_with_the_files_keys_and_shows_the_rest_as_encrypted(store, client, tmp_path):
    with Client(store.url, keys=RING) as keyed:
        job = keyed.enqueue("t", ["in the clear"])
    (tmp_path / "c.yaml").write_text(
        json.dumps({"redis": {"url": store.url}, "encryption": {"keys": [{"id": "k", "key": "${THE_KEY}"}]}})
    )

    def run(*words):
        command = [sys.executable, "-m", "engine", *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "THE_KEY": KEY}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=30, check=True
        )
        assert KEY not in done.stdout + done.stderr
        return done.stdout

    assert "in the clear" in run("-c", str(tmp_path / "c.yaml"), "show", job.id)
    assert "<encrypted, key id k>" in run("--url", store.url, "show", job.id)
    assert json.loads(run("--url", store.url, "show", job.id, "--json"))["data"] == "<encrypted, key id k>"
    sent = run("-c", str(tmp_path / "c.yaml"), "enqueue", "t", '["x"]', "--version", "3").strip()
    found = client.find(sent)
    assert isinstance(found.data, Sealed)
    assert found.version == 3
    said = json.loads(run("keys", "new", "--id", "2026", "--json"))
    assert KeyRing({said["id"]: said["key"]}).ids == ["2026"]
