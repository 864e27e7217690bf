"""The doctor on real servers with bad settings."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from engine import AsyncClient, Client
from tests.support.architecture import ROOT
from tests.support.servers import Store, wanted_servers


def doctor(store, *words):
    return subprocess.run(
        [sys.executable, "-m", "engine", "--url", store.url, "doctor", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )


@pytest.fixture(params=wanted_servers(), ids=str)
def careless(request, no_process_outlives_the_suite):
    """A server as many are: a cache, with snapshots only."""
    settings = {"appendonly": "no", "save": "3600 1", "maxmemory": "100mb", "maxmemory-policy": "allkeys-lru"}
    server = Store(request.param, settings)
    server.start()
    yield server
    server.close()


def test_a_cache_is_no_store_for_jobs(careless):
    done = doctor(careless, "--json")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    levels = {one["name"]: one["level"] for one in said["findings"]}
    assert levels["eviction"] == levels["appendonly"] == "risk"
    assert "all since its last snapshot" in said["headline"]
    plain = doctor(careless)
    assert plain.returncode == 1
    assert "risk: maxmemory-policy is allkeys-lru" in plain.stdout
    assert "-> set `appendonly yes`" in plain.stdout


def test_the_store_as_we_run_it_is_at_no_risk(store):
    done = doctor(store)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("there is no replica: a crash of its machine now may lose about 1000 ms of enqueues")


def test_nobody_to_ask_is_another_status(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "engine", "--url", f"unix://{tmp_path}/none", "doctor"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 3


def test_both_clients_find_the_same(careless):
    async def ask():
        async with AsyncClient(careless.url) as client:
            return await client.doctor()

    with Client(careless.url) as client:
        assert [one.name for one in client.doctor().findings] == [one.name for one in asyncio.run(ask()).findings]


def test_a_user_who_may_not_read_the_configuration_is_told_what_is_unknown(store):
    store.client.execute_command("ACL", "SETUSER", "modest", "on", ">pw", "~*", "&*", "+@all", "-config")
    try:
        with Client(store.url.replace("unix://", "unix://modest:pw@")) as client:
            found = {one.name: one for one in client.doctor().findings}
        assert "unknown" in found["fsync"].what
        assert found["fsync"].level == "note"
    finally:
        store.client.execute_command("ACL", "DELUSER", "modest")
