from worker.loop.batch import BatchSize

MS = 1_000_000


def fed(*batches: tuple[int, float], most: int = 100) -> BatchSize:
    size = BatchSize(most)
    for jobs, each_ms in batches:
        size.observe(jobs, int(jobs * each_ms * MS))
    return size


def test_it_begins_with_one() -> None:
    assert BatchSize(100).size == 1
    assert not BatchSize(100).short


def test_short_jobs_make_it_grow_by_steps_up_to_the_limit() -> None:
    assert [fed(*[(1, 0.01)] * n).size for n in (1, 2, 6)] == [3, 12, 100]
    assert fed(*[(1, 0.01)] * 9, most=10).size == 10


def test_about_ten_milliseconds_of_work_are_claimed() -> None:
    assert fed(*[(1, 1.0)] * 20).size in (9, 10)


def test_one_slow_batch_makes_it_fall_at_once() -> None:
    size = fed(*[(1, 0.01)] * 9, (1, 500.0))
    assert size.size == 1
    assert not size.short


def test_what_would_wait_too_long_is_surplus() -> None:
    assert fed((1, 500.0)).surplus(7) == 6
    assert fed(*[(1, 0.01)] * 9).surplus(100) == 0
    assert fed((1, 5.0)).surplus(8) == 4
