"""Alarms about dead letters and parked jobs: once a crossing and once a new group, however many janitors look."""

import threading
from typing import Any

import pytest

from engine import Client, JobError
from engine.clients.engine import Engine
from engine.dead import alarm
from engine.dead.graveyard import Position, clock
from engine.store.session import Session
from janitor.alarm import Alarm
from janitor.pruner import Pruner
from tests.support.processes import eventually
from tests.support.proxy import Proxy

URL = "https://example.com/alerts"


@pytest.fixture(autouse=True)
def apart(store: Any) -> None:
    """Webhooks wait in a queue that nobody here claims from."""
    store.client.hset("herdsman:{default}:traits", "herdsman.webhook", '{"queue": "hooks"}')


@pytest.fixture
def engines(store: Any):
    made: list[Engine] = []

    def make(url: str = "") -> Engine:
        made.append(Engine(url or store.url, "default", incarnation=1000 + len(made)))
        return made[-1]

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def die(client: Client, lost_worker: Engine):
    """Makes dead letters in a queue, with that message."""

    def die(count: int = 1, queue: str = "default", message: str = "no", kind: str = "E") -> None:
        client.enqueue_many((("t", n) for n in range(count)), queue=queue)
        lost_worker.post([], count, [queue], 30)
        for job in lost_worker.collect().jobs:
            lost_worker.bury(lost_worker.lease(job), JobError(type=kind, message=message))

    return die


def events(client: Client, queue: str = "hooks") -> list[Any]:
    return [job.data for job in client.jobs(state="pending", queue=queue, type="herdsman.webhook", limit=500).jobs]


def of(client: Client, event: str) -> list[Any]:
    return [one["data"] for one in events(client) if one["event"] == event]


def test_a_queue_whose_dead_letters_pass_the_limit_is_told_of_once_until_they_fell(engines, client, die, caplog):
    duty = Alarm(engines(), 1.0, lambda _: 5, URL)
    die(4)
    duty.run_once()
    assert of(client, "dlq.threshold") == []
    die(2)
    for _ in range(3):
        duty.run_once()
    assert of(client, "dlq.threshold") == [{"queue": "default", "limit": 5, "count": 6}]
    assert caplog.text.count("queue default has 6 dead letters (dlq_alert: 5)") == 1
    assert engines().store().alarms == ["default"]
    client.dead_letters.delete_many(limit=2)  # 4 of 5 left: it might go up and down there
    duty.run_once()
    assert engines().store().alarms == ["default"]
    client.dead_letters.delete_many(limit=1)
    duty.run_once()
    assert engines().store().alarms == []
    die(2)
    duty.run_once()
    assert len(of(client, "dlq.threshold")) == 2


def test_a_limit_that_was_taken_away_ends_the_alarm(engines, client, die):
    die(5)
    Alarm(engines(), 1.0, lambda _: 5).run_once()
    assert engines().store().alarms == ["default"]
    Alarm(engines(), 1.0, lambda _: 0).run_once()
    assert engines().store().alarms == []
    assert events(client) == []  # no URL, no webhook


def test_each_group_is_told_of_when_it_is_new_and_never_again(engines, client, die, caplog):
    duty = Alarm(engines(), 1.0, lambda _: 0, URL)
    die(3, message="no user 1")
    die(1, message="no user 2")
    eventually(lambda: duty.run_once().handled, 5)
    die(2, message="no user 3")
    die(1, message="no bread", kind="Bakery")
    eventually(lambda: len(of(client, "dlq.new_group")) == 2 or duty.run_once() is None, 5)
    duty.run_once()
    told = of(client, "dlq.new_group")
    assert [(one["queue"], one["type"], one["error"], one["message"]) for one in told] == [
        ("default", "t", "E", "no user #"),
        ("default", "t", "Bakery", "no bread"),
    ]
    groups = {group.fingerprint for group in client.dead_letters.groups().groups}
    assert {one["fingerprint"] for one in told} == groups
    assert caplog.text.count("jobs die of something new") == 2
    assert caplog.text.count("t: Bakery: no bread (group ") == 1


def test_a_flood_of_new_groups_is_told_of_by_a_few_and_a_number(engines, client, die, caplog):
    duty = Alarm(engines(), 1.0, lambda _: 0, URL)
    for letter in "abcdefghijklm":
        die(1, kind=letter)
    last = client.find(client.dead_letters.list().jobs[-1].id).finished_at * 1000
    eventually(lambda: client.ask(clock()) > last, 5)  # so that one pass sees them all
    duty.run_once()
    assert len(of(client, "dlq.new_group")) == alarm.MOST_TOLD
    assert "and of 3 other new things" in caplog.text


def test_more_than_one_page_of_dead_letters_is_looked_at_page_by_page(engines, client, die):
    duty = Alarm(engines(), 1.0, lambda _: 0, URL)
    die(450)
    die(1, kind="Last")
    eventually(lambda: len(of(client, "dlq.new_group")) == 2 or duty.run_once() is None, 10)
    assert duty.run_once().again_in is None


def test_any_number_of_janitors_tells_once(store, client, die, engines):
    duties = [Alarm(engines(), 1.0, lambda _: 3, URL) for _ in range(4)]
    for kind in "abcdef":
        die(2, kind=kind)

    def look(duty: Alarm) -> None:
        for _ in range(10):
            duty.run_once()

    threads = [threading.Thread(target=look, args=(duty,)) for duty in duties]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(of(client, "dlq.threshold")) == 1
    assert len(of(client, "dlq.new_group")) == 6
    assert engines().store().new_groups == {"default": 6}


def test_alarms_whose_replies_are_lost_are_raised_once_and_heard_of(store, client, die):
    die(5)
    with Proxy(store.socket) as proxy, Client(proxy.url) as through:
        for limit in (100, 5):  # the server knows the scripts after the first
            proxy.lose = limit == 5
            said = through.run(alarm.cross("default", limit, URL))
        assert said == 5
        group = alarm.Group("f" * 12, "default", "t", "E", "no", "1-1-1")
        through.run(alarm.notice("default", [], Position("default", 1, "1-1-1"), URL))
        proxy.lose = 1
        assert through.run(alarm.notice("default", [group], Position("default", 2, "1-1-2"), URL)) == ["f" * 12]
        assert proxy.lost == 2
        proxy.lose = 1
        assert through.run(alarm.cross("default", 0, URL)) == -1
    assert [one["event"] for one in events(client)] == ["dlq.threshold", "dlq.new_group"]


def test_a_ghost_of_an_old_alarm_raises_nothing(store, client, die):
    die(5)
    session = Session(store.url, "default", caller=77)
    for name in ("alarm", "notice"):
        session.load(name)
    ghosts = [alarm.cross("default", 5, URL), alarm.notice("default", [], Position("default", 1, "1-1-1"), URL)]
    packed = [session.pack(ghost, session.next_operation()) for ghost in ghosts]
    for _ in range(2):
        session.run(alarm.cross("default", 0, URL))
    for command in packed:
        session.send(command)
        assert session.receive() in (b"0", b"")
    session.close()
    assert events(client) == []


def test_the_oldest_dead_letters_over_the_limit_are_dropped_a_bounded_number_a_pass(engines, client, die, caplog):
    die(10)
    die(3, queue="other")
    oldest_first = [job.id for job in client.dead_letters.list(queue="default").jobs]
    pruner = Pruner(engines(), 1.0, dead_most={"default": 4, "other": 0}.__getitem__, limit=5)
    assert pruner.run_once() == (5, 0.0)
    assert pruner.run_once() == (1, None)
    assert [job.id for job in client.dead_letters.list(queue="default").jobs] == oldest_first[6:]
    assert client.queues()["other"].dead == 3
    assert "queue default: the 5 oldest dead letters were dropped (dlq_max: 4)" in caplog.text


def test_a_running_janitor_raises_alarms_and_keeps_the_limit(herd, client, die):
    herd.write(more="queues: {default: {dlq_alert: 3, dlq_max: 4}}\nwebhooks: {alerts: 'https://example.com/alerts'}\n")
    janitor = herd.start_sweeping()
    die(6)
    janitor.says("dead letters (dlq_alert: 3)")
    janitor.says("jobs die of something new: t: E: no")
    janitor.says("oldest dead letters were dropped (dlq_max: 4)")
    eventually(lambda: {one["event"] for one in events(client)} == {"dlq.threshold", "dlq.new_group"}, 10)
    assert client.queues()["default"].dead == 4


def test_parked_jobs_are_told_of_once_until_there_are_none(engines, client, lost_worker, caplog):
    first, second = (Alarm(engines(), 1.0, lambda _: 0, URL) for _ in range(2))
    client.enqueue_many([("strange", n) for n in range(2)])
    lost_worker.post([], 2, ["default"], 30)
    for job in lost_worker.collect().jobs:
        lost_worker.park(lost_worker.lease(job), job.type)
    with caplog.at_level("INFO", logger="janitor.alarm"):
        assert [alarm.run_once().handled for alarm in (first, second, first)] == [1, 0, 0]
        client.purge("default")
        assert [alarm.run_once().handled for alarm in (second, first)] == [1, 0]
    assert [line.getMessage() for line in caplog.records] == [
        "queue default has 2 parked jobs: no live worker knows their type, or it is paused",
        "queue default has no parked jobs any more",
    ]
    assert of(client, "jobs.parked") == [{"queue": "default", "count": 2}]


def test_jobs_that_are_parked_again_are_told_of_again(engines, client, lost_worker):
    duty = Alarm(engines(), 1.0, lambda _: 0, URL)
    for count in (1, 3):
        client.enqueue_many([("strange", n) for n in range(count)])
        lost_worker.post([], count, ["default"], 30)
        for job in lost_worker.collect().jobs:
            lost_worker.park(lost_worker.lease(job), job.type)
        duty.run_once()
        client.purge("default")
        duty.run_once()
    assert [one["count"] for one in of(client, "jobs.parked")] == [1, 3]
