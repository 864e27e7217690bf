"""The pure parts of the dead letters: pace, positions, what is meant, the calls."""

import pytest

from engine import JobError
from engine.dead.dead_letters import UNCHANGED, _Pace
from engine.dead.deaths import Death, deaths, drop, requeue
from engine.dead.fingerprint import fingerprint
from engine.dead.graveyard import Position, Wanted
from engine.payloads import payload

ERROR = JobError(type="ValueError", message="no user 17")


def test_without_limit_and_rate_rounds_are_as_large_as_a_script_may_be():
    pace = _Pace(None, None)
    assert (pace.most, pace.wait(0)) == (200, 0)


def test_a_limit_ends_the_walk():
    pace = _Pace(250, None)
    assert pace.most == 200
    pace.moved = 200
    assert pace.most == 50
    pace.moved = 250
    assert pace.most == 0


@pytest.mark.parametrize(("rate", "most"), [(0.5, 1), (5, 1), (50, 5), (1e6, 200)])
def test_a_rate_is_spread_over_ten_rounds_a_second(rate, most):
    pace = _Pace(None, rate)
    assert pace.most == most
    pace.moved = most
    assert pace.wait(0) == pytest.approx(most / rate)
    assert pace.wait(1e9) == 0


def test_a_position_is_its_cursor():
    position = Position("mail.high", 1700000000000, "1-1700000000000-3")
    assert Position.read(str(position)) == position
    assert Position.read(str(Position("q"))) == Position("q")
    assert Position.read(None) == Position.read("") == Position()


def test_what_is_meant_is_chosen_by_queue_type_and_fingerprint():
    death = Death("1-2-3", "t", ERROR, 1.0)
    mark = fingerprint("q", "t", ERROR)
    assert all(wanted.has("q", death) for wanted in (Wanted(), Wanted("q"), Wanted("q", "t"), Wanted("q", "t", mark)))
    assert not any(wanted.has("q", death) for wanted in (Wanted("p"), Wanted("q", "u"), Wanted(None, None, "0" * 12)))


def test_none_is_a_payload_and_unchanged_is_not():
    assert requeue(["1-2-3"]).args == ["0", b"", "1-2-3"]
    assert requeue(["1-2-3"], None).args == ["1", b"\xc0", "1-2-3"]
    assert requeue(["1-2-3"], UNCHANGED).args[0] == "0"


@pytest.mark.parametrize("call", [requeue(["a", "b", "c"]), drop(["a", "b", "c"])])
def test_each_id_has_its_answer_and_a_ghost_has_none(call):
    assert call.remembered
    assert call.parse(b"101") == [True, False, True]
    assert call.parse(b"") == [False, False, False]


def test_what_one_died_of_is_read_without_its_body():
    rows = [
        [b"t", payload.encode(ERROR), b"", b"", b"1700000000500"],
        [b"t", b"", b"signal 9", b"3", b"1700000000500"],
        [b"t", b"\xff", b"", b"", b""],
        [b"", b"", b"", b"", b""],
    ]
    failed, crashed, odd, gone = deaths(["1-1-1", "1-1-2", "1-1-3", "1-1-4"]).parse(rows)
    assert failed == Death("1-1-1", "t", ERROR, 1700000000.5)
    assert (crashed.error.type, crashed.error.cause) == ("Crashed", "signal 9")
    assert odd.error.cause == "undecodable"
    assert (gone.type, gone.error) == ("", None)
