"""What has to be done so that a changed value takes effect. One table, by who reads the value. Pure.

A key that nobody has entered here gets the safe answer: inside a pool its workers are replaced, inside a program it
is restarted, and for a section that is not known the supervisor has to be started anew.
"""

from dataclasses import dataclass
from enum import StrEnum

from supervisor.applying.leaves import Place


class Need(StrEnum):
    """What is to be done."""

    ADD = "add"  # a pool or program that did not exist
    REMOVE = "remove"  # drain it, then forget it
    SCALE = "scale"  # more or fewer processes; those that stay are not touched
    SET = "set"  # the supervisor itself reads it: at once
    RELOAD = "reload"  # a new generation of workers
    RESTART = "restart"  # stop and start one process: a program, the janitor, the gateway
    MOVE = "move"  # the metrics listen somewhere else
    LOGGER = "logger"  # a new logger takes over the pipes
    START_ANEW = "start anew"  # the supervisor cannot change it while it runs


@dataclass(frozen=True, slots=True, order=True)
class Act:
    """One thing to do, to a pool, a program or a part of that name ("" where there is only one)."""

    need: Need
    name: str = ""


EVERY_POOL = "*"
JANITOR, GATEWAY = "the janitor", "the gateway"  # with a space, which no pool or program may have in its name

# Who reads a section that is nobody's own. Found by looking for its readers, and held together by a test.
_POOLS = Act(Need.RELOAD, EVERY_POOL)
_JANITOR, _GATEWAY = Act(Need.RESTART, JANITOR), Act(Need.RESTART, GATEWAY)
_SET = Act(Need.SET)
READERS: dict[str, tuple[Act, ...]] = {
    "janitor": (_JANITOR,),
    "gateway": (_GATEWAY,),
    "metrics": (Act(Need.MOVE),),
    "queues": (_POOLS, _JANITOR),
    "types": (_POOLS,),
    "schedules": (_JANITOR,),
    "webhooks": (_POOLS,),
    "payloads": (_POOLS, _GATEWAY),
    "encryption": (_POOLS, _GATEWAY),
    "tracing": (_POOLS, _GATEWAY),
    "series": (_POOLS, _JANITOR),
    "logs": (Act(Need.LOGGER),),
    "data_dir": (Act(Need.START_ANEW),),
    "redis": (Act(Need.START_ANEW),),
    "store": (Act(Need.START_ANEW),),
    "control": (Act(Need.START_ANEW),),
}
# Keys with readers of their own within such a section.
SINGLE: dict[Place, tuple[Act, ...]] = {
    ("webhooks", "alerts"): (_JANITOR,),
    ("queues", "*", "wait_target"): (_SET, _POOLS),  # workers count who started late by it
}
# Keys of a pool that no process of its workers reads.
POOL_KEYS: dict[str, Need] = {
    "instances": Need.SCALE,
    "reload": Need.SET,
    "namespace": Need.SET,
    "watch": Need.SET,
    "autoscale": Need.SET,
    "admission": Need.SET,
    "depends_on": Need.SET,
    "essential": Need.SET,
}
PROGRAM_KEYS: dict[str, Need] = {
    "instances": Need.SCALE,
    "namespace": Need.SET,
    "watch": Need.SET,
    "cron_restart": Need.SET,
    "max_memory_restart": Need.SET,
    "timezone": Need.SET,
}


def needed(place: Place) -> tuple[Act, ...]:
    """Answer what a change of one value needs."""
    section, *rest = place
    if section in ("pools", "programs") and rest:
        if len(rest) > 1 and rest[1] == "log":
            return READERS["logs"]
        keys, otherwise = (POOL_KEYS, Need.RELOAD) if section == "pools" else (PROGRAM_KEYS, Need.RESTART)
        return (Act(keys.get(rest[1], otherwise) if len(rest) > 1 else otherwise, rest[0]),)
    single = SINGLE.get(place) or (SINGLE.get((section, "*", *rest[1:])) if rest else None)
    return single or READERS.get(section, (Act(Need.START_ANEW),))


def reaches_workers(place: Place, pool: str) -> bool:
    """Tell whether the workers of a pool read this value."""
    return any(act.need is Need.RELOAD and act.name in (pool, EVERY_POOL) for act in needed(place))
