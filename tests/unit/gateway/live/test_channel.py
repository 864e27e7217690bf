"""What is sent leads, whatever comes between, to the rows that the server has."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gateway.live.channel import KEPT, Channel, Trouble
from gateway.live.flow import Flow
from gateway.live.subscription import Subscription
from gateway.live.table import Reading
from tests.support.live_view import View

COLUMNS = ("key", "a", "b")
cells = st.one_of(st.none(), st.integers(0, 2), st.sampled_from(["x", "y"]))
tables = st.lists(st.tuples(st.sampled_from("pqrstuvw"), cells, cells), unique_by=lambda row: row[0], max_size=8)
readings = st.builds(Reading, tables, st.sampled_from([None, "1:2"]), st.sampled_from([None, {"m": 1}, {"m": 2}]))
DOWN = Trouble("store_down", "away", retry=True)


def channel() -> Channel:
    return Channel(COLUMNS, itertools.count(100).__next__)


def sent(one: Channel, since: int | None) -> dict[str, Any]:
    body = one.body(since)
    frame: dict[str, Any] = json.loads("{" + body.text)
    return {"t": body.kind, **frame}


class Stream(RuleBasedStateMachine):
    """A server that reads, a client that draws and acknowledges, each when it likes, and a line between them."""

    def __init__(self) -> None:
        super().__init__()
        self.channel = channel()
        self.reading = Reading([])
        self.view, self.flow = View(), Flow()
        self.line: list[dict[str, Any]] = []
        self.channel.take(self.reading)
        self.subscription = Subscription(1, self.channel, None)

    @rule(reading=readings)
    def the_server_reads(self, reading: Reading) -> None:
        self.channel.take(reading)
        self.reading = reading

    @rule()
    def the_reading_fails(self) -> None:
        self.channel.fail(DOWN)

    @rule()
    def the_server_sends(self) -> None:
        frame = self.subscription.next(self.flow)
        if frame is not None:
            self.flow.sent(len(frame), 0.0)
            self.line.append(json.loads(frame))

    @precondition(lambda self: self.line)
    @rule(acknowledges=st.booleans())
    def the_client_draws(self, acknowledges: bool) -> None:
        frame = self.line.pop(0)
        self.view.take(frame)
        if acknowledges:
            self.flow.ack(frame["n"])
            self.subscription.acknowledged(self.flow.acknowledged)

    @rule()
    def the_client_comes_back_on_a_new_socket(self) -> None:
        self.line.clear()
        self.flow = Flow()
        self.subscription = Subscription(1, self.channel, self.view.seq)

    @invariant()
    def at_most_one_frame_of_rows_is_under_way(self) -> None:
        assert len([frame for frame in self.line if frame["t"] != "err"]) <= 1

    def teardown(self) -> None:
        self.channel.take(self.reading)  # a trouble is over
        for _ in range(3):
            while self.line:
                self.view.take(self.line.pop(0))
            self.flow.ack(self.flow.n)
            self.subscription.acknowledged(self.flow.n)
            self.the_server_sends()
        assert not self.line
        assert list(self.view.rows.values()) == [dict(zip(COLUMNS, row, strict=True)) for row in self.reading.rows]
        assert (self.view.more, self.view.meta) == (self.reading.more, self.reading.meta)
        assert self.view.trouble is None


Stream.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestStream = Stream.TestCase


@given(st.lists(readings, min_size=1, max_size=6))
def test_from_any_state_that_is_remembered_one_frame_leads_to_the_newest(several: list[Reading]) -> None:
    one, views = channel(), []
    for reading in several:
        one.take(reading)
        view = View()
        view.take(sent(one, None))
        views.append(view)
    for view in views:
        if view.seq != one.seq:
            view.take(sent(one, view.seq))
        assert list(view.rows.items()) == list(views[-1].rows.items())


def test_a_reading_that_says_nothing_new_sends_nothing() -> None:
    one = channel()
    assert one.take(Reading([("p", 1, 2)]))
    assert not one.take(Reading([("p", 1, 2)]))


def test_only_what_changed_is_told_and_an_order_only_where_it_is_needed() -> None:
    one = channel()
    one.take(Reading([(key, 1, 1) for key in "pqrst"]))
    since = one.seq
    one.take(Reading([("p", 1, 2), *((key, 1, 1) for key in "qrs"), ("u", 0, 0)]))
    assert sent(one, since) == {
        "t": "delta",
        "seq": one.seq,
        "set": [["p", {"b": 2}], ["u", {"a": 0, "b": 0}]],
        "del": ["t"],
    }
    since = one.seq
    one.take(Reading([("q", 1, 1), ("p", 1, 2), *((key, 1, 1) for key in "rs"), ("u", 0, 0)]))
    assert sent(one, since) == {"t": "delta", "seq": one.seq, "set": [], "del": [], "order": list("qprsu")}


def test_who_is_too_far_behind_or_of_another_gateway_gets_a_snapshot() -> None:
    one = channel()
    rows = [(key, 0, 0) for key in "pqrstuvw"]
    one.take(Reading(rows))
    since = one.seq
    for number in range(1, KEPT + 1):
        one.take(Reading([("p", number, 0), *rows[1:]]))
    assert sent(one, since)["t"] == "delta"
    one.take(Reading([("p", "last", 0), *rows[1:]]))
    assert sent(one, since)["t"] == "snap"
    assert sent(one, 7)["t"] == "snap"


def test_rows_that_are_mostly_new_come_as_a_snapshot_for_it_is_shorter() -> None:
    one = channel()
    one.take(Reading([(key, 1, 1) for key in "pqrs"]))
    since = one.seq
    one.take(Reading([(key, 1, 1) for key in "tuvw"]))
    assert sent(one, since)["t"] == "snap"


def test_all_who_stand_at_the_same_place_get_the_same_bytes() -> None:
    one = channel()
    one.take(Reading([(key, 1, 1) for key in "pqrst"]))
    since = one.seq
    one.take(Reading([(key, 1, 2 if key == "p" else 1) for key in "pqrst"]))
    assert one.body(since).text is one.body(since).text


def test_after_a_trouble_the_same_rows_are_news() -> None:
    one = channel()
    one.take(Reading([("p", 1, 1)]))
    assert one.fail(DOWN)
    assert not one.fail(DOWN)
    since = one.seq
    assert one.take(Reading([("p", 1, 1)]))
    assert sent(one, since) == {"t": "delta", "seq": one.seq, "set": [], "del": []}


@pytest.mark.parametrize("odd", ["\udcff", {1: {2, 3}}, float("nan"), 10**400, object])
def test_what_json_cannot_say_costs_nobody_a_row(odd: Any) -> None:
    one = channel()
    one.take(Reading([("p", odd, 1), ("q", 1, 1)]))
    assert [row[0] for row in sent(one, None)["rows"]] == ["p", "q"]
