from gateway.live.growth import Growth


def test_counts_are_compared_with_those_at_the_window_s_beginning() -> None:
    growth = Growth(window=100, every=10)
    assert growth.before(0, {"a": 1}) == {"a": 1}
    assert growth.before(50, {"a": 3, "b": 5}) == {"a": 1, "b": 5}
    assert growth.before(90, {"a": 4, "b": 6}) == {"a": 1, "b": 5}
    assert growth.before(120, {"a": 4, "b": 6}) == {"a": 3, "b": 5}


def test_little_is_remembered_however_often_it_is_asked() -> None:
    growth = Growth(window=100, every=10)
    for tenth in range(10_000):
        growth.before(tenth / 10, {"a": tenth})
    assert growth.before(1000, {"a": 10_000}) == {"a": 9000}
