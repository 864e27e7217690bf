"""Jobs that have a record of their own from the start."""

from engine import JobState
from engine.entrance.submit import submit
from engine.jobs.new_job import NewJob
from tests.support.seats import claim


def test_a_submitted_job_is_claimed_like_any_other(client, seats):
    job = client.run(submit(NewJob("t", {"n": 1})))
    assert client.find(job).state == JobState.PENDING
    engine = seats(1)
    assert [claimed.id for claimed in claim(engine).jobs] == [job]


def test_a_submitted_job_waits_for_its_time(client, seats):
    job = client.run(submit(NewJob("t", delay=60)))
    found = client.find(job)
    assert (found.state, found.due_at > found.enqueued_at) == (JobState.SCHEDULED, True)
    assert claim(seats(1)).jobs == []
