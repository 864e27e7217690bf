"""A tab with a client that is played by the test, and a house that knows one topic."""

import asyncio
import itertools
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from gateway.live.channel import Channel
from gateway.live.flow import ACK_WITHIN
from gateway.live.frames import LONGEST_FRAME, Cut, Refused
from gateway.live.subscription import Subscription
from gateway.live.tab import MOST_REFUSALS, Tab
from gateway.live.table import Reading


class OneTopic:
    """Knows the topic t and nothing else."""

    def __init__(self) -> None:
        self.channel = Channel(("key", "a"), itertools.count(1).__next__)
        self.channel.take(Reading([("p", 0), ("q", 0)]))
        self.left: list[Subscription] = []
        self.looked_again = 0

    def subscribe(self, _: Tab, id: int, topic: Any, __: Any, since: int | None) -> Subscription:
        if topic != "t":
            raise Refused("unknown_topic", "there is no such topic")
        return Subscription(id, self.channel, since)

    def unsubscribe(self, one: Subscription) -> None:
        self.left.append(one)

    def look_again(self, _: Tab) -> None:
        self.looked_again += 1


class Scene:
    """The tab, what it has sent, and a clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sent: list[dict[str, Any]] = []
        self.house = OneTopic()
        self.may_send = asyncio.Event()
        self.may_send.set()
        self.tab = Tab(self.house, self._send, clock=lambda: self.now)
        self.writer = asyncio.create_task(self.tab.write(epoch="e"))

    async def _send(self, text: str) -> None:
        await self.may_send.wait()
        self.sent.append(json.loads(text))

    async def settle(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)

    def hear(self, **frame: Any) -> None:
        self.tab.hear(json.dumps(frame))

    def news(self, value: int) -> None:
        self.house.channel.take(Reading([("p", value), ("q", 0)]))
        self.tab.wake()

    def kinds(self) -> list[str]:
        return [frame["t"] for frame in self.sent]


Play = Callable[[Callable[[Scene], Coroutine[Any, Any, None]]], None]


@pytest.fixture
def play() -> Play:
    def run(scenario: Callable[[Scene], Coroutine[Any, Any, None]]) -> None:
        async def all_of_it() -> None:
            scene = Scene()
            await scene.settle()
            await scenario(scene)
            scene.writer.cancel()

        asyncio.run(all_of_it())

    return run


def test_it_greets_and_every_frame_has_the_next_number(play: Play) -> None:
    async def scenario(scene: Scene) -> None:
        scene.hear(t="sub", id=1, topic="t")
        scene.tab.tick({"now": 1.0})
        await scene.settle()
        assert scene.kinds() == ["hello", "snap", "tick"]
        assert [frame["n"] for frame in scene.sent] == [1, 2, 3]

    play(scenario)


def test_until_it_is_acknowledged_a_subscription_is_sent_no_second_frame(play: Play) -> None:
    async def scenario(scene: Scene) -> None:
        scene.hear(t="sub", id=1, topic="t")
        await scene.settle()
        for value in range(1, 5):
            scene.news(value)
            await scene.settle()
        assert scene.kinds() == ["hello", "snap"]
        scene.hear(t="ack", n=2)
        await scene.settle()
        assert scene.sent[2:] == [{"t": "delta", "n": 3, "id": 1, "seq": 5, "set": [["p", {"a": 4}]], "del": []}]

    play(scenario)


def test_of_ticks_that_could_not_be_sent_only_the_last_is(play: Play) -> None:
    async def scenario(scene: Scene) -> None:
        scene.may_send.clear()
        for moment in range(10):
            scene.tab.tick({"now": moment})
            await scene.settle()
        scene.may_send.set()
        await scene.settle()
        assert [frame["now"] for frame in scene.sent if frame["t"] == "tick"] == [0, 9]

    play(scenario)


def test_a_hidden_tab_is_sent_nothing_and_not_cut_and_then_gets_what_it_missed(play: Play) -> None:
    async def scenario(scene: Scene) -> None:
        scene.hear(t="sub", id=1, topic="t")
        await scene.settle()
        scene.hear(t="idle", idle=True)
        scene.news(1)
        scene.tab.tick({"now": 1.0})
        await scene.settle()
        scene.now = 10 * ACK_WITHIN
        scene.tab.check()
        assert (scene.kinds(), scene.tab.ended.done()) == (["hello", "snap"], False)
        scene.hear(t="ack", n=2)
        scene.hear(t="idle", idle=False)
        await scene.settle()
        assert (scene.kinds()[2:], scene.house.looked_again) == (["delta"], 1)
        scene.tab.check()
        assert not scene.tab.ended.done()

    play(scenario)


def test_who_acknowledges_nothing_is_cut_with_1013(play: Play) -> None:
    async def scenario(scene: Scene) -> None:
        scene.now = ACK_WITHIN
        scene.tab.check()
        assert not scene.tab.ended.done()
        scene.now += 1
        scene.tab.check()
        assert scene.tab.ended.result().code == 1013

    play(scenario)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        "nonsense",
        '{"t": "sub", "topic": "t"}',
        '{"t": "sub", "id": 0, "topic": "t"}',
        '{"t": "sub", "id": true, "topic": "t"}',
        '{"t": "sub", "id": 99999999999, "topic": "t"}',
        '{"t": "ack", "n": "x"}',
        '{"t": "ack"}',
        '{"x": "' + "y" * LONGEST_FRAME + '"}',
        "[" * 2000,
        '{"a":' * 800,
        "\udcff",
    ],
)
def test_what_breaks_the_rules_is_cut_with_1008(play: Play, text: str) -> None:
    async def scenario(scene: Scene) -> None:
        with pytest.raises(Cut) as cut:
            scene.tab.hear(text)
        assert cut.value.code == 1008

    play(scenario)


@pytest.mark.parametrize("frame", [{}, {"t": "later"}, {"t": None}, {"t": ["sub"]}, {"t": "unsub", "id": 7, "more": 1}])
def test_frames_of_another_version_are_passed_over(play: Play, frame: dict[str, Any]) -> None:
    async def scenario(scene: Scene) -> None:
        scene.hear(**frame)
        await scene.settle()
        assert scene.kinds() == ["hello"]

    play(scenario)


def test_too_many_frames_and_too_many_subscriptions_are_cut(play: Play) -> None:
    async def frames(scene: Scene) -> None:
        for _ in range(40):
            scene.hear(t="idle", idle=False)
        with pytest.raises(Cut, match="20 frames a second"):
            scene.hear(t="idle", idle=False)

    async def subscriptions(scene: Scene) -> None:
        for number in range(1, 17):
            scene.hear(t="sub", id=number, topic="t")
        scene.hear(t="sub", id=16, topic="t")  # in place of the one before
        with pytest.raises(Cut, match="more than 16"):
            scene.hear(t="sub", id=17, topic="t")

    play(frames)
    play(subscriptions)


def test_a_refused_subscription_is_told_and_costs_nothing_else(play: Play) -> None:
    async def scenario(scene: Scene) -> None:
        scene.hear(t="sub", id=1, topic="t")
        scene.hear(t="sub", id=2, topic="what")
        await scene.settle()
        assert {
            "t": "err",
            "n": 2,
            "id": 2,
            "code": "unknown_topic",
            "text": "there is no such topic",
            "retry": False,
        } in (scene.sent)
        assert "snap" in scene.kinds()

    play(scenario)


def test_who_is_hidden_and_asks_for_nonsense_is_not_remembered_without_end(play: Play) -> None:
    async def scenario(scene: Scene) -> None:
        scene.hear(t="idle", idle=True)
        for number in range(MOST_REFUSALS):
            scene.now += 1
            scene.hear(t="sub", id=number + 1, topic="what")
        with pytest.raises(Cut):
            scene.hear(t="sub", id=1, topic="what")

    play(scenario)


def test_a_tab_that_leaves_looks_at_nothing_any_more(play: Play) -> None:
    async def scenario(scene: Scene) -> None:
        scene.hear(t="sub", id=1, topic="t")
        scene.hear(t="sub", id=2, topic="t")
        scene.hear(t="unsub", id=1)
        scene.tab.leave()
        assert len(scene.house.left) == 2

    play(scenario)
