"""Everything is killed, in any order, for a while; then every job must have ended once and rightly."""

import random
import threading
import time

import pytest
import redis

import config
from engine import JobState, NewJob
from engine.errors import EngineError
from tests.chaos.conftest import MakeHerd
from tests.support.herd import Herd
from tests.support.invariants import broken
from tests.support.processes import eventually
from tests.support.servers import StoreServer

pytestmark = [pytest.mark.chaos, pytest.mark.every_server, pytest.mark.timeout(240)]

SECONDS = 12.0
VICTIMS = ("worker", "worker", "worker", "zygote", "keeper", "janitor", "gateway", "logger", "store", "supervisor")


def _produce(herd: Herd, stop: threading.Event, ids: list[str]) -> None:
    """Jobs as fast as they are taken; what raised was not accepted and is not counted."""
    dice = random.Random(1)
    while not stop.is_set():
        jobs = [NewJob("nap", {"seconds": dice.choice([0, 0, 0, 0.005, 0.05])}, keep=600) for _ in range(10)]
        try:
            ids += herd.client.enqueue_many(jobs)
        except EngineError:
            stop.wait(0.1)
        stop.wait(0.05)


def _kill_one(herd: Herd, dice: random.Random) -> None:
    role = dice.choice(VICTIMS)
    pids = herd.worker_pids() if role == "worker" else [herd.pid] if role == "supervisor" else herd.pids(role)
    for pid in pids[:1]:
        herd.kill(pid)
    if role == "supervisor":
        time.sleep(dice.random())  # how long it takes somebody to start it again
        herd.start()
        herd.ready()


def test_a_storm_of_kills_loses_nothing_and_charges_only_what_ran(make_herd: MakeHerd, embedded: StoreServer) -> None:
    rules = {"default": {"lease": "3s", "max_crashes": 1000}}
    # Under everysec a server answers before it has written, while an fsync of a slow disk is under way: what is killed
    # then forgets up to two seconds, and that is all its setting promises.
    herd = make_herd(server=embedded, with_gateway=True, pool={"instances": 3}, queues=rules, store={"fsync": "always"})
    ids: list[str] = []
    stop = threading.Event()
    producer = threading.Thread(target=_produce, args=(herd, stop, ids))
    producer.start()
    dice = random.Random(2)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        _kill_one(herd, dice)
        time.sleep(0.3 * dice.random())
    stop.set()
    producer.join()
    herd.ready()
    ended = herd.client.wait(ids, 60)
    assert len(ids) > 300
    assert set(ended) == set(ids)
    assert {job.state for job in ended.values()} == {JobState.COMPLETED}
    assert {(job.attempts, job.forgotten) for job in ended.values()} == {(1, False)}
    eventually(lambda: not herd.client.queues()["default"].processing, 10)
    with redis.Redis.from_url(config.store_url(herd.config)) as store:
        assert broken(store) == []
