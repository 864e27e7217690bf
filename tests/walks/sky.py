"""Faults between a caller and the store, without a proxy, so that a walk can be walked again: what is lost or comes
twice is decided by the walk and by nothing else.
"""

from collections import Counter, deque
from contextlib import contextmanager

from redis.exceptions import NoScriptError

from engine import Client
from engine.clients.engine import Engine
from engine.errors import StoreDown
from engine.store.session import Session

FAIR = "fair"
KINDS = ("reply lost", "cut before", "twice")


class Sky:
    """What befalls the next call, what was called how often, and which calls stand where a ghost may find them."""

    def __init__(self):
        self.next = FAIR
        self.calls = Counter()
        self.befell = Counter()
        self.sent = deque(maxlen=40)

    def strike(self):
        kind, self.next = self.next, FAIR
        self.befell[kind] += 1
        return kind


class StormySession(Session):
    """A session under a sky."""

    def __init__(self, sky, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.sky = sky
        self._struck = FAIR

    def connect(self):
        if not self.connected:
            self.sky.calls["hello"] += 1
        super().connect()

    def pack(self, call, operation=0):
        self.sky.calls[call.script] += 1
        command = super().pack(call, operation)
        if operation:
            self.sky.sent.append((call.script, command))
        return command

    def send(self, command):
        if command[0] != "EVALSHA" or self.sky.next == FAIR:
            super().send(command)
            return
        self.connect()
        if self.sky.next == "cut before":
            self.sky.strike()
            self.close()
            raise StoreDown("cut before the request arrived")
        super().send(command)
        if self.sky.next == "twice":
            super().send(command)
        self._struck = self.sky.next

    def receive(self):
        struck, self._struck = self._struck, FAIR
        try:
            reply = super().receive()
        except NoScriptError:  # it was not executed: the fault waits for the next attempt
            if struck == "twice":
                self._second()
            raise
        except BaseException:
            if struck != FAIR:
                self.close()
            raise
        if struck == FAIR:
            return reply
        self.sky.strike()
        if struck == "twice":
            super().receive()
            return reply
        self.close()
        raise StoreDown("the reply was lost")

    def _second(self):
        try:
            super().receive()
        except NoScriptError:
            return


class StormyEngine(Engine):
    """A worker's seat under a sky; it never sleeps."""

    def __init__(self, sky, url, incarnation):
        super().__init__(url, "default", incarnation=incarnation, idle=lambda _wait: True)
        self.session = StormySession(sky, url, "default", caller=incarnation)


class OneSession:
    """A client's sessions: one, which stays the client's when a call of its was refused."""

    def __init__(self, session):
        self._session = session

    @contextmanager
    def held(self):
        try:
            yield self._session
        except BaseException:
            self._session.close()
            raise

    def close(self):
        self._session.close()


class StormyClient(Client):
    """A client under a sky, with one session."""

    def __init__(self, sky, url):
        super().__init__(url)
        self._sessions = OneSession(StormySession(sky, url, "default", caller=1 << 40))
