"""The pump with topics that the test makes: read once for all, and one that fails hurts no other."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, cast

import msgspec
import pytest

from engine.errors import StoreDown
from gateway.access.visitors import ANYBODY, Visitor
from gateway.live import pump as pump_module
from gateway.live.frames import Cut
from gateway.live.pump import Pump
from gateway.live.sources import Round, Sources
from gateway.live.tab import Tab
from gateway.live.table import Reading
from gateway.live.topic import Look, Topic
from gateway.supervisor_link import NoSupervisor
from tests.support.live_view import View

if TYPE_CHECKING:
    from engine import AsyncClient


class Which(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    n: Annotated[int, msgspec.Meta(ge=0)] = 0


class Client:
    """A tab, and what it was sent; it acknowledges at once."""

    def __init__(self, pump: Pump, visitor: Visitor = ANYBODY) -> None:
        self.views: dict[int, View] = {}
        self.errors: dict[int, str] = {}
        self.ticks = 0
        self.tab = Tab(pump, self._send, visitor)
        pump.join(self.tab)
        self.writer = asyncio.create_task(self.tab.write())

    async def _send(self, text: str) -> None:
        frame = json.loads(text)
        self.ticks += frame["t"] == "tick"
        if frame["t"] == "err":
            self.errors[frame["id"]] = frame["code"]
        elif frame["t"] in ("snap", "delta"):
            self.errors.pop(frame["id"], None)
            self.views.setdefault(frame["id"], View()).take(frame)
        self.tab.hear(json.dumps({"t": "ack", "n": frame["n"]}))

    def sub(self, id: int, topic: str, args: Any = None, **more: Any) -> None:
        self.tab.hear(json.dumps({"t": "sub", "id": id, "topic": topic, "args": args, **more}))


class Stage:
    """A pump whose topics count their readings; `say` of a topic is what it says next, an error to raise or rows."""

    def __init__(self) -> None:
        self.reads: dict[str, int] = {"a": 0, "b": 0}
        self.say: dict[str, Any] = {"a": [("p", "1")], "b": [("q", "1")]}
        topics = {
            "a": Topic(("key", "value"), self._reader("a"), Which),
            "b": Topic(("key", "value"), self._reader("b"), right="admin", queue="key", is_shown=True),
        }
        self.held = True
        self.pump = Pump(topics, Sources(cast("AsyncClient", SimpleNamespace())), lambda _: self.held)

    def _reader(self, name: str) -> Callable[[Round, Look], Coroutine[Any, Any, Reading]]:
        async def read(_: Round, look: Look) -> Reading:
            self.reads[name] += 1
            said = self.say[name]
            if isinstance(said, Exception):
                raise said
            if said == "never":
                await asyncio.sleep(60)
            return Reading(said)

        return read

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(5):
            while not condition():  # noqa: ASYNC110 - whatever the test waits for
                await asyncio.sleep(0.005)


Run = Callable[[Callable[[Stage], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr("gateway.live.pace.INTERVALS", (0.06, 0.12, 0.3))
    monkeypatch.setattr(pump_module, "ROUND_WITHIN", 0.1)

    def play(scenario: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
        async def all_of_it() -> None:
            stage = Stage()
            await scenario(stage)
            await stage.pump.close()

        asyncio.run(all_of_it())

    return play


def test_a_topic_is_read_once_an_interval_however_many_look(run: Run) -> None:
    async def scenario(stage: Stage) -> None:
        clients = [Client(stage.pump) for _ in range(10)]
        for one in clients:
            one.sub(1, "a")
        await stage.until(lambda: all(one.ticks >= 4 for one in clients))
        assert stage.reads["a"] <= 4 + 2
        stage.say["a"] = [("p", "2")]
        await stage.until(lambda: all(one.views[1].rows["p"]["value"] == "2" for one in clients))

    run(scenario)


def test_one_that_fails_or_hangs_hurts_no_other_and_comes_back_by_itself(run: Run) -> None:
    async def scenario(stage: Stage) -> None:
        stage.say["b"] = "never"
        one = Client(stage.pump)
        one.sub(1, "b")
        one.sub(2, "a", {"n": 1})
        await stage.until(lambda: 2 in one.views)
        for value, failure in [("2", StoreDown("away")), ("3", NoSupervisor("none")), ("4", RuntimeError("a bug"))]:
            stage.say["a"] = failure
            await stage.until(lambda: 2 in one.errors)
            stage.say["a"] = [("p", value)]
            await stage.until(lambda value=value: one.views[2].rows["p"]["value"] == value)
            assert 2 not in one.errors

    run(scenario)


def test_what_only_hidden_tabs_look_at_is_not_read(run: Run) -> None:
    async def scenario(stage: Stage) -> None:
        hidden, other = Client(stage.pump), Client(stage.pump)
        hidden.sub(1, "a")
        await stage.until(lambda: 1 in hidden.views)
        hidden.tab.hear('{"t": "idle", "idle": true}')
        reads, ticks = stage.reads["a"], other.ticks
        await stage.until(lambda: other.ticks > ticks + 3)
        assert stage.reads["a"] <= reads + 1
        stage.say["a"] = [("p", "2")]
        hidden.tab.hear('{"t": "idle", "idle": false}')
        await stage.until(lambda: hidden.views[1].rows["p"]["value"] == "2")

    run(scenario)


def test_a_tab_that_comes_back_in_time_goes_on_where_it_was(run: Run) -> None:
    async def scenario(stage: Stage) -> None:
        stage.say["a"] = [(key, "1") for key in "pqrstu"]
        first, other = Client(stage.pump), Client(stage.pump)
        first.sub(1, "a")
        await stage.until(lambda: 1 in first.views)
        stage.pump.leave(first.tab)
        stage.say["a"] = [("p", "2"), *((key, "1") for key in "qrstu")]
        other.sub(1, "a", since=first.views[1].seq)
        other.views[1] = first.views[1]
        await stage.until(lambda: other.views[1].rows["p"]["value"] == "2")
        assert other.views[1].kinds == ["snap", "delta"]

    run(scenario)


def test_rights_are_asked_for_with_each_subscription_and_queues_hidden(run: Run) -> None:
    async def scenario(stage: Stage) -> None:
        reader = Client(stage.pump, Visitor(rights=("read",)))
        limited = Client(stage.pump, Visitor(rights=("read", "admin"), queues=frozenset(["mail"])))
        stage.say["b"] = [("mail", "1"), ("secret", "2")]
        for one in (reader, limited):
            one.sub(1, "b")
        limited.sub(2, "a")
        await stage.until(lambda: 1 in reader.errors and limited.errors and limited.views)
        assert (reader.errors, limited.errors) == ({1: "forbidden"}, {2: "forbidden"})
        assert list(limited.views[1].rows) == ["mail"]

    run(scenario)


def test_who_would_not_be_let_in_any_more_is_cut(run: Run) -> None:
    async def scenario(stage: Stage) -> None:
        one = Client(stage.pump)
        one.sub(1, "a")
        await stage.until(lambda: 1 in one.views)
        stage.held = False
        one.sub(2, "a")
        await stage.until(one.tab.ended.done)
        assert (one.tab.ended.result().code, one.errors) == (4401, {2: "forbidden"})

    run(scenario)


@pytest.mark.parametrize(
    ("topic", "args", "code"),
    [
        ("nothing", None, "unknown_topic"),
        (None, None, "unknown_topic"),
        ({"a": 1}, None, "unknown_topic"),
        ("a", {"n": -1}, "bad_args"),
        ("a", {"x": 1}, "bad_args"),
        ("a", [1], "bad_args"),
        ("a", "x" * 1000, "bad_args"),
    ],
)
def test_a_subscription_that_cannot_be_is_an_error_of_that_subscription(
    run: Run, topic: Any, args: Any, code: str
) -> None:
    async def scenario(stage: Stage) -> None:
        one = Client(stage.pump)
        one.sub(1, topic, args)
        one.sub(2, "a")
        await stage.until(lambda: 1 in one.errors and 2 in one.views)
        assert one.errors == {1: code}

    run(scenario)


def test_there_are_no_more_tabs_and_channels_than_may_be(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump_module, "MOST_TABS", 2)
    monkeypatch.setattr(pump_module, "MOST_CHANNELS", 3)

    async def scenario(stage: Stage) -> None:
        one = Client(stage.pump)
        Client(stage.pump)
        with pytest.raises(Cut) as cut:
            Client(stage.pump)
        assert cut.value.code == 1013
        for number in range(1, 5):
            one.sub(number, "a", {"n": number})
        await stage.until(lambda: one.errors)
        assert one.errors == {4: "busy"}
        one.tab.hear('{"t": "unsub", "id": 1}')
        one.sub(5, "a", {"n": 5})  # what nobody looks at makes room
        await stage.until(lambda: 5 in one.views)

    run(scenario)


def test_a_pump_that_stops_sends_everybody_away_with_1012(run: Run) -> None:
    async def scenario(stage: Stage) -> None:
        one = Client(stage.pump)
        one.sub(1, "a")
        await stage.pump.close()
        assert one.tab.ended.result().code == 1012

    run(scenario)


def test_figures_that_two_topics_need_are_asked_for_once(run: Run) -> None:
    async def scenario(_: Stage) -> None:
        asked = 0

        async def figures() -> str:
            nonlocal asked
            asked += 1
            await asyncio.sleep(0)
            return "figures"

        one = Round(Sources(cast("AsyncClient", SimpleNamespace(figures=figures))))
        assert await asyncio.gather(one.store(), one.store()) == ["figures", "figures"]
        assert asked == 1

    run(scenario)
