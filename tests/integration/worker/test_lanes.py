"""Lanes, limits and parking with real workers."""

from collections import Counter
from itertools import pairwise

from tests.support import processes


def test_a_limited_type_starts_as_its_rate_allows_and_others_do_not_wait(start, sweeper):
    pool = start(instances=2).ready(2)
    limited = pool.client.enqueue_many([("sparing", n) for n in range(30)])
    others = pool.client.enqueue_many([("noop", None)] * 300)
    processes.eventually(lambda: pool.client.queues()["default"].pending <= 30, 10, pool.text)
    assert len(others) == 300
    ended = pool.client.wait(limited, 20)
    assert len(ended) == 30
    starts = sorted(job.started_at for job in ended.values())
    # 10 in any 400 ms: the eleventh of any eleven starts at least so much later (to a ms of the clock)
    assert all(starts[n + 10] - starts[n] >= 0.39 for n in range(20))


def test_no_more_of_a_type_run_at_once_than_its_limit(start):
    pool = start(instances=3).ready(3)
    ids = pool.client.enqueue_many([("single", n) for n in range(8)])
    ended = pool.client.wait(ids, 20)
    assert len(ended) == 8
    spans = sorted((job.started_at, job.finished_at) for job in ended.values())
    assert all(later[0] >= sooner[1] - 0.005 for sooner, later in pairwise(spans))


def test_a_job_that_nobody_knows_is_parked_until_a_worker_that_knows_it_comes(start, store):
    pool = start().ready()
    job = pool.client.enqueue("stranger", {"left": 1})
    processes.eventually(lambda: pool.client.queues()["default"].parked == 1, 10, pool.text)
    assert pool.run("add", {"left": 1}) == 2
    assert "no task named 'stranger'" in pool.text()
    found = job.fetch()
    assert (found.state, found.attempts, found.crashes) == ("pending", 0, 0)
    start(tasks=["hm_strangers"])
    assert job.result(timeout=15) == "hello"


def test_the_file_routes_a_type_and_limits_it(start):
    pool = start(queues=["default", "other"], types={"noop": {"queue": "other", "concurrency_limit": 2}}).ready()
    ids = pool.client.enqueue_many([("noop", None)] * 5)
    kept = pool.client.enqueue("noop", keep=60)
    kept.result(timeout=10)
    assert kept.fetch().queue == "other"
    assert Counter(i.split("-")[0] for i in ids).keys() == {kept.id.split("-")[0]}
