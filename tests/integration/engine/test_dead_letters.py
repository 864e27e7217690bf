"""One dead letter on the real server: retried, edited, deleted."""

import time

import pytest

from engine import JobError, JobState, PayloadError
from engine.store.claims import Done
from tests.support.seats import claim


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


def test_a_job_of_which_nothing_is_left_says_so_whatever_it_ended_as(client, dead, seats):
    [letter] = dead(1)
    assert not client.find(letter).forgotten
    client.dead_letters.delete(letter)
    done = client.enqueue("t")
    worker = seats(7)
    [job] = claim(worker).jobs
    worker.complete([Done(worker.lease(job))])
    assert [client.find(one).forgotten for one in (letter, done.id)] == [True, True]
