"""The verbs of the control socket, one a file. Each changes a goal and returns, or answers what is."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from supervisor.arbiter import Arbiter
from supervisor.commands import (
    apply,
    deaths,
    describe,
    ping,
    reload,
    reset,
    restart,
    rollout,
    scale,
    shutdown,
    signals,
    start,
    status,
    stop,
    upgrade,
)
from supervisor.commands.errors import CommandError

Verb = Callable[[Arbiter, Mapping[str, Any]], Any]

VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "apply": apply.run,
        "deaths": deaths.run,
        "describe": describe.run,
        "ping": ping.run,
        "reload": reload.run,
        "reset": reset.run,
        "restart": restart.run,
        "rollout": rollout.run,
        "scale": scale.run,
        "shutdown": shutdown.run,
        "signal": signals.run,
        "start": start.run,
        "status": status.run,
        "stop": stop.run,
        "upgrade": upgrade.run,
    }
)

__all__ = ["VERBS", "CommandError", "Verb"]
