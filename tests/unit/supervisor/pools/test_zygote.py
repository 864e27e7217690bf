"""When a zygote is stuck, and when it only has much to do."""

from types import SimpleNamespace
from typing import Any, cast

from supervisor.pools.zygote import Zygote


def test_a_zygote_that_speaks_is_not_stuck_however_many_forks_are_still_to_come() -> None:
    heard: list[int] = []
    events = SimpleNamespace(worker_exited=lambda _zygote, told: heard.append(told.slot))
    zygote = Zygote(cast("Any", None), 1, cast("Any", events))
    zygote.started = 0.0
    assert not zygote.spoke_within(5.0, now=10.0)
    zygote._heard({"event": "exit", "slot": 3, "pid": 9}, [])
    spoke = zygote._spoke
    assert heard == [3]
    assert zygote.spoke_within(5.0, now=spoke + 4.9)
    assert not zygote.spoke_within(5.0, now=spoke + 5.0)
