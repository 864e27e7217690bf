"""The dead-letter queue on the real server, by both clients' cases."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import AsyncClient, Client, JobError, JobState, PayloadError
from engine.claims import Done
from tests.support.processes import eventually
from tests.support.seats import claim


@pytest.fixture
def dead(client, seats):
    """Makes dead letters: `dead(count, queue, type, message)` -> ids in the order in which they died."""
    numbers = iter(range(100, 200))

    def make(count, queue="default", type="t", message="no user {}", error="ValueError"):
        ids = client.enqueue_many(((type, {"n": n}) for n in range(count)), queue=queue)
        engine = seats(next(numbers))
        for n, job in enumerate(claim(engine, count, (queue,)).jobs):
            engine.bury(engine.lease(job), JobError(type=error, message=message.format(n)))
        return ids

    return make


@pytest.fixture
def crashed(client, seats):
    """Makes a job that took its process down too often."""
    numbers = iter(range(200, 300))

    def make(cause):
        handle = client.enqueue("t")
        life = next(numbers)
        [job] = claim(seats(life)).jobs
        seats(99).settle(life, cause, [f"{job.id}/{job.token}/{life:x}"], charged=True, max_crashes=1)
        return handle.id

    return make


def test_a_retried_dead_letter_keeps_its_id_and_begins_anew_at_the_end_of_its_queue(client, seats, dead):
    [job] = dead(1)
    others = client.enqueue_many(("t", n) for n in range(3))
    assert client.dead_letters.retry(job)
    found = client.find(job)
    assert (found.state, found.attempts, found.crashes, found.error) == (JobState.PENDING, 0, 0, None)
    claimed = claim(seats(1)).jobs
    assert [one.id for one in claimed] == [*others, job]
    assert (claimed[-1].attempts, claimed[-1].crashes, claimed[-1].payload) == (0, 0, b"\x81\xa1n\x00")
    assert claimed[-1].ready_ms >= claimed[-1].ms


def test_a_retried_dead_letter_can_be_completed_cancelled_and_given_back(client, seats, dead):
    done, cancelled, back = dead(3)
    time.sleep(0.002)  # so that the time of the retry can be told from that of the enqueue
    assert client.dead_letters.retry_many() == 3
    assert client.cancel(cancelled)
    engine = seats(1)
    jobs = claim(engine).jobs
    assert [job.id for job in jobs] == [done, back]
    engine.complete([Done(engine.lease(jobs[0]))])
    engine.release([engine.lease(jobs[1])])
    assert [client.find(job).state for job in (done, cancelled, back)] == ["completed", "cancelled", "pending"]
    [again] = claim(engine).jobs
    assert again.id == back
    assert again.ready_ms > again.ms


def test_a_retry_can_bring_a_new_payload_even_none(client, seats, dead):
    first, second = dead(2)
    assert client.dead_letters.retry(first, {"n": "new"})
    assert client.dead_letters.retry(second, None)
    assert [job.payload for job in claim(seats(1)).jobs] == [b"\x81\xa1n\xa3new", b"\xc0"]


def test_a_payload_that_cannot_be_sent_leaves_the_dead_letter_where_it_is(client, dead):
    [job] = dead(1)
    with pytest.raises(PayloadError):
        client.dead_letters.retry(job, object())
    assert client.find(job).state == JobState.DEAD


@pytest.mark.parametrize("verb", ["retry", "delete"])
def test_what_is_no_dead_letter_is_left_alone(client, seats, verb):
    pending, running, scheduled = (
        client.enqueue("t").id,
        client.enqueue("r", queue="r").id,
        client.enqueue("t", delay=60).id,
    )
    claim(seats(1), 1, ("r",))
    for job in (pending, running, scheduled, "1-1-1", "99-1-1", "nonsense", ""):
        assert getattr(client.dead_letters, verb)(job) is False
    assert [client.find(job).state for job in (pending, running, scheduled)] == ["pending", "processing", "scheduled"]


def test_a_retried_job_that_fails_again_is_a_dead_letter_again(client, seats, dead):
    [job] = dead(1)
    for life in range(1, 4):
        assert client.dead_letters.retry(job)
        engine = seats(life)
        [again] = claim(engine).jobs
        engine.bury(engine.lease(again), JobError(type="E", message=str(life)))
        found = client.find(job)
        assert (found.state, found.attempts, found.error.message) == (JobState.DEAD, 1, str(life))


def test_a_retry_wakes_a_worker_that_waits(client, seats, dead, store):
    [job] = dead(1)
    store.client.delete("herdsman:{default}:wake:default")
    client.dead_letters.retry(job)
    assert store.client.llen("herdsman:{default}:wake:default") == 1


def test_a_deleted_dead_letter_leaves_nothing(client, dead, store):
    job, kept = dead(2)
    assert client.dead_letters.delete(job)
    assert not client.dead_letters.delete(job)
    assert store.client.exists(f"herdsman:{{default}}:job:{job}") == 0
    assert [left.id for left in client.dead_letters.list().jobs] == [kept]


def test_a_dead_letter_without_a_record_is_set_aside_and_stops_nothing(client, dead, store):
    broken, good = dead(2)
    store.client.delete(f"herdsman:{{default}}:job:{broken}")
    assert [job.id for job in client.dead_letters.list().jobs] == [good]
    assert client.dead_letters.groups().groups[0].count == 1
    assert client.dead_letters.retry_many() == 1
    assert store.client.xlen("herdsman:{default}:aside") == 1
    assert client.find(good).state == "pending"


def test_a_full_store_still_lets_dead_letters_go(client, dead, store):
    ids = dead(2)
    store.client.config_set("maxmemory", "1")
    assert client.dead_letters.retry(ids[0])
    assert client.dead_letters.delete(ids[1])


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
    monkeypatch.setattr("engine.graveyard.MOST", 5)
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


def test_a_purge_cancels_what_waits_and_nothing_else(client, seats, dead):
    dead(1)
    running = client.enqueue("t").id
    engine = seats(1)
    claim(engine, 1)
    given_back = client.enqueue("t").id
    engine.release([engine.lease(claim(engine, 1).jobs[0])])
    pending = client.enqueue_many(("t", n) for n in range(1100))
    client.dead_letters.retry_many()
    scheduled, other = client.enqueue("t", delay=60).id, client.enqueue("t", queue="other").id
    assert client.purge("default") == 1 + 1100 + 1
    assert client.find(given_back).state == client.find(pending[-1]).state == "cancelled"
    assert [client.find(job).state for job in (running, scheduled, other)] == ["processing", "scheduled", "pending"]
    figures = client.queues()["default"]
    assert (figures.pending, figures.processing, figures.scheduled, figures.dead) == (0, 1, 1, 0)
    assert client.purge("default") == client.purge("nowhere") == 0
    with pytest.raises(ValueError, match="queue"):
        client.purge("a b")


def test_who_waits_for_a_purged_job_hears_of_it(store):
    with Client(store.url) as client, Client(store.url) as other:
        handle = client.enqueue("t", "x" * 1000)
        with ThreadPoolExecutor() as threads:
            waiting = threads.submit(client.wait, [handle.id], 10)
            eventually(lambda: store.client.zcard("herdsman:{default}:watched") == 1, 5)
            assert other.purge("default") == 1
            assert waiting.result(10)[handle.id].state == "cancelled"
        assert store.client.hexists(f"herdsman:{{default}}:job:{handle.id}", "p") == 0
