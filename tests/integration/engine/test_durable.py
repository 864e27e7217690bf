"""durable=True on real servers, with a real replica that is stopped."""

import asyncio
import os
import signal
import subprocess
import sys

import pytest

from engine import AsyncClient, Client, Durable, NotDurable
from tests.support.architecture import ROOT
from tests.support.ports import free_port
from tests.support.processes import eventually
from tests.support.proxy import Proxy
from tests.support.servers import Store, wanted_servers


@pytest.fixture
def servers(no_process_outlives_the_suite):
    """Makes servers with settings of their own: `servers(kind, **settings)`."""
    made = []

    def make(kind, **settings):
        made.append(Store(kind, {name.replace("_", "-"): value for name, value in settings.items()}))
        made[-1].start()
        return made[-1]

    yield make
    for server in reversed(made):
        server.close()


@pytest.fixture(params=wanted_servers(), ids=str)
def primary(request, servers):
    """A server on a port, for replicas, that syncs every write."""
    server = servers(request.param, port=str(free_port()), appendfsync="always", repl_diskless_sync_delay="0")
    server.kind = request.param
    return server


def port_of(server):
    return str(server.client.config_get("port")["port"])


@pytest.fixture
def replica(primary, servers):
    server = servers(primary.kind, replicaof=f"127.0.0.1 {port_of(primary)}")
    eventually(lambda: primary.info.get("slave0", {}).get("state") == "online", 20)
    return server


def test_under_always_a_job_is_confirmed(primary):
    with Client(primary.url) as client:
        job = client.enqueue("t", 1, durable=True)
        ids = client.enqueue_many([("t", n) for n in range(1200)], durable=True)
        assert len({job.id, *ids}) == client.queues()["default"].pending == 1201


def test_what_was_confirmed_is_there_after_a_kill(primary):
    with Client(primary.url) as client:
        ids = [client.enqueue("t", n, durable=True).id for n in range(20)]
        primary.kill()
        primary.start()
        assert set(client.find_many(ids)) == set(ids)


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"appendonly": "no"}, "appendonly yes"),
        ({"appendfsync": "everysec"}, "appendfsync always"),
        ({"appendfsync": "no"}, "kernel"),
    ],
)
@pytest.mark.parametrize("kind", wanted_servers(), ids=str)
def test_a_server_that_cannot_promise_is_refused_before_anything_is_enqueued(servers, kind, settings, word):
    server = servers(kind, **settings)
    if settings.get("appendfsync") == "everysec" and kind.name == "redis" and int(kind.version.split(".")[0]) >= 8:
        pytest.skip("this one's WAITAOF can be believed")
    with Client(server.url) as client:
        with pytest.raises(NotDurable, match=word) as caught:
            client.enqueue("t", durable=True)
        assert caught.value.ids == []
        assert client.queues() == {}


def test_a_replica_has_it_when_the_call_returns(primary, replica):
    with Client(primary.url) as client:
        job = client.enqueue("t", "both", durable=Durable(replicas=1, timeout="10s"))
        lane, _, entry = job.id.partition("-")
        assert replica.client.xrange(f"herdsman:{{default}}:lane:{lane}", entry, entry)


def test_a_replica_that_hangs_is_told_with_the_jobs_id(primary, replica):
    with Client(primary.url) as client:
        os.kill(replica.pid, signal.SIGSTOP)
        try:
            with pytest.raises(NotDurable, match=r"on 0 of 1 replicas after 0\.3 s") as caught:
                client.enqueue("t", "alone", durable=Durable(replicas=1, timeout=0.3))
        finally:
            os.kill(replica.pid, signal.SIGCONT)
        [job] = caught.value.ids
        assert client.find(job).data == "alone"
        assert client.enqueue("t", durable=Durable(replicas=1, timeout=20)).id


def test_a_replica_that_is_not_there_is_refused_at_once(primary):
    with Client(primary.url) as client:
        with pytest.raises(NotDurable, match="has 0 replicas, 2 are asked for"):
            client.enqueue("t", durable=Durable(replicas=2))
        assert client.queues() == {}


def test_the_async_client_does_the_same(primary, replica):
    async def both():
        async with AsyncClient(primary.url) as client:
            job = await client.enqueue("t", 1, durable=Durable(replicas=1, timeout=20))
            ids = await client.enqueue_many([("t", 2), ("t", 3)], durable=True)
            os.kill(replica.pid, signal.SIGSTOP)
            try:
                with pytest.raises(NotDurable) as caught:
                    await client.enqueue("t", 4, durable=Durable(replicas=1, timeout=0.2))
            finally:
                os.kill(replica.pid, signal.SIGCONT)
            found = await client.find_many([job.id, *ids, *caught.value.ids])
            assert [job.data for job in found.values()] == [1, 2, 3, 4]

    asyncio.run(both())


@pytest.mark.parametrize("skip", range(6))
def test_whichever_reply_is_lost_the_job_is_enqueued_once_and_confirmed_or_named(primary, replica, skip):
    with Proxy(primary.socket) as proxy, Client(proxy.url) as client:
        client.enqueue("t", "warm", durable=True)
        proxy.skip, proxy.lose = skip, 1
        said = "is enqueued"
        try:
            job = client.enqueue("t", "once", durable=Durable(replicas=1, timeout=20)).id
        except NotDurable as error:
            [job], said = error.ids, str(error)
        proxy.lose = 0
        assert "is enqueued" in said
        assert client.find(job).data == "once"
        assert client.queues()["default"].pending == 2


def test_nonsense_is_refused(primary):
    with Client(primary.url) as client, pytest.raises(ValueError, match="durable is True"):
        client.enqueue("t", durable=2)


def test_the_command_says_the_id_or_why_not(primary):
    def enqueue():
        words = [sys.executable, "-m", "engine", "--url", primary.url, "enqueue", "t", "1", "--durable"]
        environ = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=30)

    done = enqueue()
    assert done.returncode == 0, done.stderr
    with Client(primary.url) as client:
        assert client.find(done.stdout.strip()).data == 1
    primary.client.config_set("appendonly", "no")
    refused = enqueue()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "nothing was enqueued" in refused.stderr
