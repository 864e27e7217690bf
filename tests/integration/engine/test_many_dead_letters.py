"""Lists, groups and many dead letters at once, on the real server."""

import asyncio
import time

import pytest

from engine import AsyncClient, JobError
from tests.support.seats import claim


def test_lists_go_page_by_page_through_all_queues_while_others_take_away(client, dead):
    ids = [*dead(7, "a"), *dead(5, "b"), *dead(3, "c")]
    seen, cursor, pages = [], None, 0
    while True:
        page = client.dead_letters.list(limit=4, cursor=cursor)
        assert len(page.jobs) <= 4
        seen += [job.id for job in page.jobs]
        if page.jobs:
            client.dead_letters.delete(page.jobs[-1].id)
        cursor, pages = page.cursor, pages + 1
        if cursor is None:
            break
    assert sorted(seen) == sorted(ids)
    assert pages <= 6


def test_a_list_goes_on_behind_one_that_died_again_meanwhile(client, seats, dead):
    ids = dead(6)
    page = client.dead_letters.list(limit=2)
    again = page.jobs[-1].id
    time.sleep(0.002)  # within one millisecond it would die at the same place
    client.dead_letters.retry(again)
    engine = seats(1)
    [job] = claim(engine).jobs
    engine.bury(engine.lease(job), JobError(type="E", message="again"))
    rest = client.dead_letters.list(limit=10, cursor=page.cursor)
    assert [job.id for job in rest.jobs] == [*ids[2:], again]


def test_lists_are_chosen_by_queue_type_and_fingerprint(client, dead):
    mail, other = dead(3, "mail", "send"), dead(2, "mail", "other")
    keys = dead(2, "mail", "send", "no key {}", "KeyError")
    letters = client.dead_letters
    assert [job.id for job in letters.list(queue="mail", type="other").jobs] == other
    assert [job.id for job in letters.list(type="send").jobs] == [*mail, *keys]
    assert letters.list(queue="nowhere").jobs == []
    [mark] = [group.fingerprint for group in letters.groups("mail").groups if group.error == "KeyError"]
    assert [job.id for job in letters.list(fingerprint=mark).jobs] == keys


@pytest.mark.parametrize(
    "cursor", ["x", "a/b/c", "a/1/x", "a b/1/1-1-1", "a/1/1-1-1/2", "/1/1-1-1", "a/" + "9" * 20 + "/"]
)
def test_a_cursor_that_is_none_is_refused(client, cursor):
    with pytest.raises(ValueError, match=r"cursor|name of a queue"):
        client.dead_letters.list(cursor=cursor)


def test_groups_say_what_died_of_the_same_how_often_and_when(client, dead, crashed):
    users = dead(3)
    keys = dead(2, message="no key 'k{}'", error="KeyError")
    killed = [crashed("signal 9"), crashed("signal 9"), crashed("oom")]
    found = client.dead_letters.groups()
    assert (found.looked_at, found.cut) == (8, [])
    said = {(group.error, group.message): group for group in found.groups}
    assert {name: group.count for name, group in said.items()} == {
        ("ValueError", "no user #"): 3,
        ("KeyError", "no key *"): 2,
        ("Crashed", "signal 9"): 2,
        ("Crashed", "oom"): 1,
    }
    assert found.groups[0].count == 3
    assert said["ValueError", "no user #"].example in users
    assert said["KeyError", "no key *"].example in keys
    crash = said["Crashed", "signal 9"]
    assert crash.example == killed[1]
    assert crash.first_seen <= crash.last_seen
    assert abs(crash.last_seen - time.time()) < 60


def test_groups_look_at_the_newest_of_a_long_queue_and_say_so(client, dead, monkeypatch):
    monkeypatch.setattr("engine.dead.graveyard.MOST", 5)
    dead(4, message="old")
    dead(4, message="new")
    dead(2, "other")
    found = client.dead_letters.groups()
    assert (found.looked_at, found.cut) == (7, ["default"])
    assert {(group.queue, group.message): group.count for group in found.groups} == {
        ("default", "new"): 4,
        ("default", "old"): 1,
        ("other", "no user #"): 2,
    }


def test_many_are_retried_by_filter_and_limit_oldest_first(client, dead):
    ids = dead(5)
    dead(2, "other")
    keys = dead(1, message="x", error="KeyError")
    [mark] = [group.fingerprint for group in client.dead_letters.groups().groups if group.error == "KeyError"]
    assert client.dead_letters.retry_many(fingerprint=mark) == 1
    assert client.find(keys[0]).state == "pending"
    assert client.dead_letters.retry_many(queue="default", limit=2) == 2
    assert [client.find(job).state for job in ids] == ["pending"] * 2 + ["dead"] * 3
    assert client.dead_letters.retry_many(limit=0) == 0
    assert client.dead_letters.retry_many(type="nobody") == 0
    assert client.dead_letters.retry_many() == 5
    assert client.dead_letters.list().jobs == []


def test_more_than_one_round_is_moved_whole(client, dead):
    dead(950)
    assert client.dead_letters.delete_many(limit=450) == 450
    assert client.dead_letters.retry_many() == 500
    assert client.queues()["default"].pending == 500


def test_a_retry_of_all_ends_although_what_it_retries_dies_again(client, seats, dead, monkeypatch):
    dead(3)
    engine = seats(1)
    moved = client.ask

    def kill_at_once(question):
        answer = moved(question)
        for job in claim(engine).jobs:
            engine.bury(engine.lease(job), JobError(type="E", message="again"))
        return answer

    monkeypatch.setattr(client, "ask", kill_at_once)
    time.sleep(0.002)  # so that none of them died in the very millisecond in which the walk begins
    assert client.dead_letters.retry_many(rate=1000) == 3


def test_a_rate_is_kept(client, dead):
    dead(12)
    began = time.monotonic()
    assert client.dead_letters.retry_many(rate=20) == 12
    assert 0.45 < time.monotonic() - began < 3


@pytest.mark.parametrize("wrong", [{"rate": 0}, {"rate": -1}, {"rate": float("nan")}, {"limit": -1}])
def test_a_rate_or_limit_that_makes_no_sense_is_refused(client, wrong):
    with pytest.raises(ValueError, match=r"rate|limit"):
        client.dead_letters.retry_many(**wrong)


def test_the_async_client_does_the_same(store, dead):
    first, second, *_ = dead(7)

    async def all_verbs():
        async with AsyncClient(store.url) as client:
            letters = client.dead_letters
            page = await letters.list(limit=3)
            rest = await letters.list(limit=10, cursor=page.cursor)
            [group] = (await letters.groups()).groups
            said = [await letters.retry(first, {"a": 1}), await letters.delete(second), await letters.delete(second)]
            said += [
                await letters.retry_many(limit=2, rate=100),
                await letters.delete_many(fingerprint=group.fingerprint),
            ]
            return len(page.jobs), len(rest.jobs), group.count, said, await client.purge("default")

    assert asyncio.run(all_verbs()) == (3, 4, 7, [True, True, False, 2, 3], 3)
