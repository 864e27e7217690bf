"""How the command line waits for rollouts: it asks how far they are, and says so phase by phase."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from supervisor.outside import client
from supervisor.shell.asking import FAILED, NOT_RUNNING, fail, places
from supervisor.terminal.progress import Progress

_EVERY_S = 0.2


def may_wait(command: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options `no_wait` and `timeout`."""
    command = click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait so long at most.")(
        command
    )
    return click.option("--no-wait", is_flag=True, help="Return as soon as it was asked for.")(command)


def wait(path: Path, rollouts: list[dict[str, Any]], timeout: float | None) -> list[dict[str, Any]]:
    """Answer the rollouts when all have ended; tells on standard error how far they are.

    Exits with status 1 when `timeout` seconds are over, or somebody presses Ctrl-C; they go on.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    seen: dict[str, str] = {}
    socket = places(path).control_socket
    now: dict[str, dict[str, Any]] = {}
    with Progress("replaced", 0, broken="it goes on; `status` shows how far it is", quiet=True) as progress:
        while True:
            for one in rollouts:
                if not now.get(one["pool"], {}).get("ended"):
                    now[one["pool"]] = _ask(socket, {"name": one["pool"], "id": one["id"]})
                    _say(one["pool"], now[one["pool"]], seen, progress)
            left = [name for name, rollout in now.items() if not rollout["ended"]]
            if not left:
                return [{"pool": name, **rollout} for name, rollout in now.items()]
            progress.at(*(sum(rollout[key] or 0 for rollout in now.values()) for key in ("replaced", "workers")))
            if deadline is not None and time.monotonic() > deadline:
                progress.say(f"not done in time, it goes on: {', '.join(left)}; `status` shows how far it is")
                raise SystemExit(FAILED)
            time.sleep(_EVERY_S)


def refuse_rolled_back(rollouts: list[dict[str, Any]]) -> None:
    """Exit with status 1 when one of them was rolled back."""
    if any(rollout["phase"] != "done" for rollout in rollouts):
        raise SystemExit(FAILED)


def _ask(socket: Path, args: dict[str, Any]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = client.ask(socket, "rollout", args)
    except client.NotRunningError as error:
        fail(str(error), NOT_RUNNING)
    except client.RefusedError as error:
        fail(str(error), FAILED)
    return answer


def _say(pool: str, rollout: dict[str, Any], seen: dict[str, str], progress: Progress) -> None:
    phase = rollout["phase"]
    words = {
        "queued": "waits for the rollout before it",
        "booting": f"generation {rollout['generation']} imports the tasks",
        "canary": "one new worker has to show that it works",
        "rolling": f"{rollout['replaced']} of {rollout['workers']} workers are new",
        "done": f"generation {rollout['generation']} it is",
    }
    text = f"pool {pool}, rollout {rollout['id']}: {phase}: {words.get(phase, rollout['reason'])}"
    if seen.get(pool) != text:
        seen[pool] = text
        progress.say(text)
