"""How the command line waits for rollouts: it asks how far they are, and says so phase by phase."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from supervisor.outside import client
from supervisor.shell.asking import FAILED, NOT_RUNNING, fail, places

_EVERY_S = 0.2


def may_wait(command: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options `no_wait` and `timeout`."""
    command = click.option("--timeout", type=click.FloatRange(min=0), metavar="SECONDS", help="Wait so long at most.")(
        command
    )
    return click.option("--no-wait", is_flag=True, help="Return as soon as it was asked for.")(command)


def wait(path: Path, rollouts: list[dict[str, Any]], timeout: float | None) -> None:
    """Return when all have ended well; exit with status 1 when one was rolled back, or `timeout` seconds are over."""
    deadline = None if timeout is None else time.monotonic() + timeout
    seen: dict[str, str] = {}
    socket = places(path).control_socket
    left = list(rollouts)
    failed = False
    while left:
        for one in list(left):
            now = _ask(socket, {"name": one["pool"], "id": one["id"]})
            _say(one["pool"], now, seen)
            if now["ended"]:
                left.remove(one)
                failed = failed or now["phase"] != "done"
        if left and deadline is not None and time.monotonic() > deadline:
            names = ", ".join(one["pool"] for one in left)
            fail(f"not done in time, it goes on: {names}; `status` shows how far it is", FAILED)
        if left:
            time.sleep(_EVERY_S)
    if failed:
        raise SystemExit(FAILED)


def _ask(socket: Path, args: dict[str, Any]) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = client.ask(socket, "rollout", args)
    except client.NotRunningError as error:
        fail(str(error), NOT_RUNNING)
    except client.RefusedError as error:
        fail(str(error), FAILED)
    return answer


def _say(pool: str, rollout: dict[str, Any], seen: dict[str, str]) -> None:
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
        click.echo(text, err=phase == "rolled back")
