"""Charts in the store: what hosts tell joins them once, whoever tells it and how often; gaps are gaps."""

import pytest

from engine.charts.counting import Depths, Keep, Runs, Waits, count, sample
from engine.charts.series import TooMuch
from engine.charts.vector import pack
from engine.errors import StoreFull

KEEP = Keep()
RUN = Runs.HISTOGRAM + 10  # 2.3 to 3.2 ms


def runs(done, failed=0):
    return pack({Runs.DONE: done, Runs.FAILED: failed, RUN: done, Runs.RUN_US: done * 3000})


def tell(client, rows, board="b1", **options):
    return client.run(count(board, rows, **{"young": True, "keep": KEEP, **options}))


def total(client, metric, **options):
    return sum(value or 0 for value in client.series(metric, **options).values[metric])


def test_what_is_told_twice_counts_once(client):
    for _ in range(2):
        tell(client, {"jmail\tsend": runs(5)})
    tell(client, {"jmail\tsend": runs(12, 3)})
    assert total(client, "done") == 12
    assert total(client, "failed", queue="mail", type="send") == 3
    assert total(client, "done", queue="other") == 0


def test_an_older_reading_that_comes_late_changes_nothing(client):
    tell(client, {"jq\tt": runs(9)})
    assert tell(client, {"jq\tt": runs(4)}).grew == 0
    tell(client, {"jq\tt": runs(10)})
    assert total(client, "done") == 10


def test_hosts_add_up_and_so_do_queues_and_types(client):
    tell(client, {"ja\tt": runs(1), "ja\tu": runs(2)})
    tell(client, {"ja\tt": runs(10), "jb\tt": runs(20)}, board="b2")
    assert total(client, "done") == 33
    assert total(client, "done", queue="a") == 13
    assert total(client, "done", type="t") == 31


def test_minutes_tens_and_hours_say_the_same(client):
    tell(client, {"jq\tt": runs(7)})
    for step in (60, 600, 3600):
        assert total(client, "done", step=step) == 7


def test_a_store_that_does_not_know_an_old_board_asks_it_to_begin_anew(client):
    assert tell(client, {"jq\tt": runs(1_000_000)}, young=False).grew is None
    tell(client, {"jq\tt": runs(1_000_000)}, young=False, begin=True)
    tell(client, {"jq\tt": runs(1_000_003)}, young=False)
    assert total(client, "done") == 3


def test_counts_go_into_the_minute_in_which_they_were_read(client):
    now = tell(client, {}).now_ms
    minutes = [now - back * 60_000 for back in (5, 3, 4, 0, 9)]  # not in their order
    for n, at in enumerate(minutes, 1):
        tell(client, {"jq\tt": runs(n)}, at_ms=at)
    found = client.series("done", step=60)
    assert total(client, "done") == len(minutes)
    places = {found.start + 60 * place for place, value in enumerate(found.values["done"]) if value}
    assert places == {at // 60_000 * 60 for at in minutes}


def test_an_entry_may_be_longer_than_what_is_read_of_a_strings_end(client):
    for n in (1, 2):
        counts = dict.fromkeys(range(Runs.HISTOGRAM, Runs.FAILED_HISTOGRAM + 60), n * 2**40)
        tell(client, {"jq\tt": pack({**counts, Runs.DONE: n * 2**50})})
    assert total(client, "done") == 2**51
    assert sum(client.series("run_p99").samples["run_p99"]) == 60 * 2**41


def test_of_long_ago_or_of_another_clock_it_counts_now(client):
    now = tell(client, {}).now_ms
    tell(client, {"jq\tt": runs(1)}, at_ms=now - 3_600_000)
    tell(client, {"jq\tt": runs(3)}, at_ms=now + 3_600_000)
    found = client.series("done", start=now / 1000 - 90, end=now / 1000 + 60)
    assert sum(value or 0 for value in found.values["done"]) == 3


def test_a_minute_in_which_nobody_counted_is_a_gap_and_an_idle_one_is_zero(client):
    now = tell(client, {}).now_ms
    tell(client, {}, at_ms=now - 120_000)
    tell(client, {"jq\tt": runs(1)}, at_ms=now - 240_000)
    values = client.series(["done", "run_p95"], start=now / 1000 - 240, end=now / 1000 - 1).values
    assert values["done"][:4] == [1, None, 0, None]
    assert values["run_p95"][1:4] == [None] * 3


def test_percentiles_come_with_the_number_of_their_samples(client):
    tell(client, {"jq\tt": pack({Runs.DONE: 100, RUN: 90, RUN + 6: 10}), "wq": pack({Waits.STARTED: 3, 16: 3})})
    found = client.series(["run_p50", "run_p95", "wait_p50"])
    [p95] = [value for value in found.values["run_p95"] if value]
    assert 0.018 < p95 < 0.026
    assert sum(found.samples["run_p50"]) == 100
    assert sum(found.samples["wait_p50"]) == 3


def test_samples_of_depths_are_means_over_time_and_sums_over_queues(client):
    def deep(pending, oldest):
        return {Depths.DEPTH: pending, Depths.DEPTH_MOST: pending, Depths.OLDEST_MS_MOST: oldest}

    assert client.run(sample({"a": deep(10, 4000), "b": deep(1, 9000)}, 0, KEEP))
    assert client.run(sample({"a": deep(20, 5000)}, 0, KEEP))
    found = client.series(["depth", "depth_max", "oldest", "busy"], step=3600)
    assert [found.values[name][-1] for name in ("depth", "depth_max", "oldest", "busy")] == [15.5, 20, 9, 0]
    assert client.series("depth", queue="b", step=3600).values["depth"][-1] == 0.5


def test_a_second_janitor_samples_nothing(client):
    client.enqueue_many([("t", None)] * 7, queue="q")
    assert client.run(sample({}, 9, KEEP))
    assert not client.run(sample({"q": {Depths.DEPTH: 7}}, 9, KEEP))
    assert total(client, "enqueued") == 7


def test_every_new_job_is_counted_once_however_it_came(client):
    client.enqueue("t", queue="q", delay=60)
    client.enqueue("t", queue="q", idempotency_key="k")
    client.enqueue("t", queue="q", idempotency_key="k")
    client.enqueue_many([("t", None)] * 5, queue="p")
    client.run(sample({}, 0, KEEP))
    client.run(sample({}, 0, KEEP))
    assert (total(client, "enqueued", queue="q"), total(client, "enqueued", queue="p")) == (2, 5)


def test_the_501st_series_counts_as_other(client):
    names = [f"jq\tt{n}" for n in range(620)]
    for some in _batched(names):
        tell(client, {name: runs(1) for name in some})
    found = {(one.queue, one.type) for one in client.series_names()}
    assert ("(other)", "(other)") in found
    assert len(found) <= 501
    assert total(client, "done", type="(other)") > 100


def _batched(names):
    return [names[i : i + 50] for i in range(0, len(names), 50)]


def test_too_much_at_once_is_refused_with_what_would_be_less(client):
    for some in _batched([f"jq\tt{n}" for n in range(100)]):
        tell(client, {name: runs(1) for name in some})
    now = tell(client, {}).now_ms / 1000
    with pytest.raises(TooMuch, match=r"1000 are\s+read at once; name a queue"):
        client.series("done", start=now - 86400, end=now, step=60)
    with pytest.raises(TooMuch, match="1500 are given at once"):
        client.series("done", start=now - 30 * 86400, end=now, step=60)


def test_a_full_store_goes_without_charts_and_finishes_its_jobs(store, client, seat):
    tell(client, {"jq\tt": runs(5)})
    job = client.enqueue("t", queue="q")
    [held] = _claim(seat)
    store.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(StoreFull):
            tell(client, {"jq\tt": runs(9)})
        with pytest.raises(StoreFull):
            client.run(sample({}, 0, KEEP))
        assert seat.bury(seat.lease(held), None)
    finally:
        store.client.config_set("maxmemory", 0)
    tell(client, {"jq\tt": runs(9)})
    assert total(client, "done") == 9
    assert job.state.value == "dead"


def _claim(seat):
    seat.post([], 1, ("q",), 30)
    return seat.collect().jobs


def test_strings_expire_by_themselves_and_names_are_forgotten(store, client):
    tell(client, {"jq\tt": runs(5)}, keep=Keep(3600, 3600, 86400))
    ttls = [store.client.ttl(key) for key in store.client.scan_iter("*:series:[0-9]*")]
    assert len(ttls) == 6
    assert 0 < min(ttls) <= 7200
    store.client.zadd("herdsman:{default}:series:seen", {"jq\tt": 1000})
    client.run(sample({}, 0, KEEP))
    assert client.series_names() == []


def test_rates_are_those_of_the_last_minute(store, client):
    tell(client, {})
    base = "herdsman:{default}:"
    now = int(store.client.time()[0] * 1000)
    store.client.delete(base + "pace")
    store.client.rpush(base + "pace", f'{now - 50_000} ["at","{now - 50_000}"]')
    client.enqueue_many([("t", None)] * 500, queue="q")
    tell(client, {"jq\tt": runs(100, 50)})
    found = client.rates()
    assert found.queues["q"].in_per_s == pytest.approx(10, rel=0.05)
    assert found.queues["q"].done_per_s == pytest.approx(2, rel=0.05)
    assert found.total.failed_per_s == pytest.approx(1, rel=0.05)
    assert found.total.jobs_per_s == pytest.approx(3, rel=0.05)
    assert found.queues["q"].out_per_s == pytest.approx(2, rel=0.05)
