from gateway.live.pace import Pace


def intervals(*took: float) -> list[float]:
    pace, found = Pace(), []
    for one in took:
        pace.heard(one)
        found.append(pace.interval)
    return found


def test_slow_readings_come_less_often_and_quick_ones_more_often_again() -> None:
    assert intervals(0.3, 0.3, 0.3, 0.3, 9, 9)[-5:] == [2, 2, 5, 5, 5]
    assert intervals(0.3, 0.3, *[0.01] * 5) == [1, 2, 2, 2, 2, 2, 1]


def test_one_slow_round_is_chance() -> None:
    assert set(intervals(0.3, 0.01, 0.3, 0.01)) == {1}


def test_what_is_neither_slow_nor_quick_leaves_it_as_it_is() -> None:
    assert set(intervals(0.3, 0.3, *[0.2] * 20)[1:]) == {2}
