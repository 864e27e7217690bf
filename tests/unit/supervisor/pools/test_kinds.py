from scoreboard import Cause, Death
from supervisor.pools.kinds import Kinds, kind_of_death


def test_a_kind_is_new_unless_those_that_serve_or_served_within_the_hour_have_met_it() -> None:
    kinds = Kinds()
    kinds.remember(["a: X"], 0.0)
    assert kinds.new(["a: X", "b: Y", "c: Z"], ["b: Y"], 10.0) == {"c: Z"}
    assert kinds.new(["a: X"], [], 3600.0) == {"a: X"}


def test_only_ends_that_are_charged_are_kinds() -> None:
    assert kind_of_death("send", Death(Cause.SIGNAL, None, 11, charged=True)) == "send: signal 11"
    assert kind_of_death("", Death(Cause.EXIT, 3, None, charged=True)) == "worker: exit 3"
    assert kind_of_death("send", Death(Cause.DRAINED, 0, None, charged=False)) is None
