"""The one reader behind the feed: whatever the number of tabs, each channel is read once an interval."""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from gateway.access.visitors import Visitor
from gateway.live.channel import Channel
from gateway.live.frames import Cut, Refused
from gateway.live.pace import Pace
from gateway.live.sources import Round, Sources
from gateway.live.subscription import Subscription
from gateway.live.tab import Tab
from gateway.live.topic import Look, Topic
from gateway.live.troubled import trouble_of
from gateway.nearest import hint, quoted

MOST_TABS = 200
MOST_CHANNELS = 400
AT_ONCE = 6
"""Channels that are read at the same time: requests over HTTP share the connections to the store."""

READ_WITHIN = 10.0
"""Seconds for one reading; a slower one fails."""

ROUND_WITHIN = 2.0
"""Seconds that a round waits for its readings; a slower one goes on by itself, and is passed over until it is done."""

KEPT_FOR = 30.0
"""Seconds for which a channel that nobody looks at is remembered: a tab that comes back goes on where it was."""

OLD = 0.5
"""Seconds after a reading in which there is none out of turn."""

FRESH = 0.2
"""Seconds for which a new subscription may share the readings of the one before."""

_log = logging.getLogger("gateway.live")


class _Watched:
    """A channel, how it is read, and who looks at it."""

    def __init__(self, topic: Topic, look: Look, channel: Channel) -> None:
        self.topic = topic
        self.look = look
        self.channel = channel
        self.tabs: dict[Subscription, Tab] = {}
        self.left_at = time.monotonic()
        self.read_at = 0.0
        self.reading: asyncio.Task[None] | None = None

    @property
    def is_wanted(self) -> bool:
        """Whether somebody looks who is not hidden, and no reading is under way."""
        return self.may_be_read and any(not tab.idle for tab in self.tabs.values())

    @property
    def may_be_read(self) -> bool:
        trouble = self.channel.trouble
        return (self.reading is None or self.reading.done()) and (trouble is None or trouble.retry)

    @property
    def is_old(self) -> bool:
        """Whether it is worth to read it out of turn: clients that change their mind all the time cost no more."""
        return self.may_be_read and time.monotonic() - self.read_at > OLD

    def tell(self) -> None:
        for tab in self.tabs.values():
            tab.wake()


class Pump:
    """Duties: know the tabs and the channels; read, compare, tell; find its pace; stop.

    Args:
        topics: by name.
        sources: whom they ask.
        holds: whether one who was let in would be let in still, as far as that is known.
        look_again: asks the store after sessions, by name.
    """

    def __init__(
        self,
        topics: Mapping[str, Topic],
        sources: Sources,
        holds: Callable[[Visitor], bool] = lambda _: True,
        look_again: Callable[[set[str]], Awaitable[None]] | None = None,
    ) -> None:
        self.sources = sources
        self.tabs: set[Tab] = set()
        self.pace = Pace()
        self.epoch = f"{time.time_ns():x}"
        self._topics = topics
        self._holds = holds
        self._ask_after = look_again
        self._asking: asyncio.Task[None] | None = None
        # From the clock on, so that a number of a gateway that is no more means nothing here.
        self._numbers = itertools.count(int(time.time() * 1000))
        self._watched: dict[tuple[str, Look], _Watched] = {}
        self._few = asyncio.Semaphore(AT_ONCE)
        self._round = Round(sources)
        self._running: asyncio.Task[None] | None = None

    def join(self, tab: Tab) -> None:
        """A tab has come.

        Raises:
            Cut: 1013: there are as many as may be.
        """
        if len(self.tabs) >= MOST_TABS:
            raise Cut(1013, f"{MOST_TABS} tabs are open already")
        self.tabs.add(tab)
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self._run())

    def leave(self, tab: Tab) -> None:
        """A tab has gone."""
        tab.leave()
        self.tabs.discard(tab)

    async def close(self) -> None:
        """Read no more, and send everybody away: the gateway is stopping."""
        for tab in self.tabs:
            tab.cut(Cut(1012, "the gateway is stopping"))
        tasks = [self._running, self._asking, *(one.reading for one in self._watched.values())]
        for task in filter(None, tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await task

    def subscribe(self, tab: Tab, id: int, topic: Any, args: Any, since: int | None) -> Subscription:
        """A subscription; what it looks at is read at once when nobody did before.

        Raises:
            Refused: there is no such topic, the arguments or the rights are wrong, or there are too many channels.
        """
        found = self._topics.get(topic) if isinstance(topic, str) else None
        if found is None:
            raise Refused("unknown_topic", f"there is no topic {quoted(str(topic))}{hint(str(topic), self._topics)}")
        if not (self._holds(tab.visitor) and tab.visitor.may(found.right)):
            raise Refused("forbidden", f"the topic {topic} needs the right {found.right}")
        if tab.visitor.is_limited and not found.is_shown:
            raise Refused("forbidden", f"the topic {topic} is about more than the queues that the token is limited to")
        watched = self._watch(str(topic), found, found.look(args, tab.visitor.queues))
        one = Subscription(id, watched.channel, since, watched)
        watched.tabs[one] = tab
        return one

    def unsubscribe(self, one: Subscription) -> None:
        """It is looked at no more by this subscription."""
        watched: _Watched = one.held
        watched.tabs.pop(one, None)
        watched.left_at = time.monotonic()

    def look_again(self, tab: Tab) -> None:
        """What this tab looks at may be old: read it now."""
        for watched in {one.held for one in tab.subscriptions.values()}:
            if watched.is_old:
                self._read_now(watched, self._fresh())

    def _watch(self, name: str, topic: Topic, look: Look) -> _Watched:
        watched = self._watched.get((name, look))
        if watched is None:
            if len(self._watched) >= MOST_CHANNELS:
                self._forget(0.0)
            if len(self._watched) >= MOST_CHANNELS:
                raise Refused("busy", f"{MOST_CHANNELS} different subscriptions are read already; close other tabs")
            channel = Channel(topic.columns, self._numbers.__next__)
            watched = self._watched[name, look] = _Watched(topic, look, channel)
        if not watched.tabs and watched.is_old:
            self._read_now(watched, self._fresh())
        return watched

    def _fresh(self) -> Round:
        if time.monotonic() - self._round.began > FRESH:
            self._round = Round(self.sources)
        return self._round

    def _read_now(self, watched: _Watched, round: Round) -> asyncio.Task[None]:
        watched.read_at = time.monotonic()
        watched.reading = asyncio.create_task(self._read(watched, round))
        return watched.reading

    async def _run(self) -> None:
        while self.tabs:
            began = time.monotonic()
            try:
                await self._turn(began)
            except Exception:  # noqa: BLE001 - whatever it is, the feed goes on
                _log.exception("a round of the live feed failed; the next one comes all the same")
            await asyncio.sleep(max(0.05, began + self.pace.interval - time.monotonic()))

    async def _turn(self, began: float) -> None:
        self._forget(KEPT_FOR)
        self._look_after_sessions()
        await self._read_all()
        took = time.monotonic() - began
        self.pace.heard(took)
        self._tick(took)

    def _look_after_sessions(self) -> None:
        """Have the store asked which were ended, beside the reading: a store that hangs keeps no tick back."""
        sessions = {tab.visitor.login for tab in self.tabs} - {""}
        if sessions and self._ask_after is not None and (self._asking is None or self._asking.done()):
            self._asking = asyncio.ensure_future(self._ask_after(sessions))

    async def _read_all(self) -> None:
        self._round = Round(self.sources)
        tasks = [self._read_now(one, self._round) for one in list(self._watched.values()) if one.is_wanted]
        if tasks:
            await asyncio.wait(tasks, timeout=ROUND_WITHIN)

    def _tick(self, took: float) -> None:
        now = self.sources.clock.now()
        fields = {"now": round(now, 3), "lag": round(took, 4), "interval": self.pace.interval}
        for tab in self.tabs:
            tab.tick(fields)
            tab.check()
            if not self._holds(tab.visitor):
                tab.cut(Cut(4401, "the session is over, or the token was taken back"))

    async def _read(self, watched: _Watched, round: Round) -> None:
        channel = watched.channel
        try:
            async with self._few, asyncio.timeout(READ_WITHIN):
                reading = await watched.topic.read(round, watched.look)
            is_news = channel.take(watched.look.seen(reading, watched.topic))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this topic's alone
            is_news = channel.fail(trouble_of(error))
        if is_news:
            watched.tell()

    def _forget(self, kept_for: float) -> None:
        until = time.monotonic() - kept_for
        for key, one in list(self._watched.items()):
            if not one.tabs and one.left_at <= until:
                if one.reading is not None:
                    one.reading.cancel()
                del self._watched[key]
