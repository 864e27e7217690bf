from janitor.duty import Pass
from janitor.pruner import Pruner


def test_it_runs_at_a_fifth_of_the_janitors_pace() -> None:
    assert Pruner(lambda _: 0, 2.0).interval == 10.0


def test_what_fits_a_pass_waits_for_the_interval() -> None:
    assert Pruner(lambda _: 9, 1.0, limit=10).run_once() == Pass(9, None)


def test_a_full_pass_asks_for_another_at_once() -> None:
    assert Pruner(lambda limit: limit, 1.0, limit=10).run_once() == Pass(10, 0.0)
