"""`apply`: what differs between the file and what runs, or doing something about it, or how far that is."""

from collections.abc import Mapping
from typing import Any

from config import ConfigError
from supervisor.applying.applier import Applier, Proposal
from supervisor.applying.apply_job import ApplyJob, Wish
from supervisor.applying.needs import EVERY_POOL, Act, Need
from supervisor.arbiter import Arbiter
from supervisor.commands.errors import CommandError
from supervisor.commands.targets import refuse_when_leaving


def run(arbiter: Arbiter, args: Mapping[str, Any]) -> dict[str, Any]:
    """Answer the differences (`dry_run`), queue a job, or tell of one (`id`).

    Raises:
        CommandError: we are leaving, or there is no such job.
    """
    refuse_when_leaving(arbiter.leaving)
    applier = arbiter.applier
    if applier is None:
        raise CommandError("the supervisor is still starting; try again")
    if "id" in args:
        number = args["id"]
        job = applier.job(number) if isinstance(number, int) else None
        if job is None:
            raise CommandError(f"there is no apply {number!r} (the last 20 are known)")
        return _told(job)
    reset = args.get("reset") is True
    if args.get("dry_run") is True:
        return _proposed(applier, arbiter, reset=reset)
    return _told(applier.ask(Wish(asked_by="apply", expect=str(args.get("expect", "")), reset=reset)))


def _told(job: ApplyJob) -> dict[str, Any]:
    return {"id": job.number, "stage": str(job.stage), "error": job.error, "waits_for": job.waits_for}


def _proposed(applier: Applier, arbiter: Arbiter, *, reset: bool) -> dict[str, Any]:
    try:
        found = applier.propose(reset=reset)
    except ConfigError as error:
        return {"bad_file": str(error)}
    running = arbiter.herd.builder.in_force
    return {
        "bad_file": "",
        "file": str(running.config.path),
        "hash": found.hash,
        "running": running.hash,
        "under_way": applier.under_way,
        "changes": [
            {
                "path": change.path,
                "old": change.old,
                "new": change.new,
                "needs": [said(act) for act in change.acts],
            }
            for change in found.plan.changes
        ],
        "actions": [said(act) for act in sorted(found.plan.acts)],
        "overrides": [_override(found, name, one.text) for name, one in sorted(applier.overrides.items())],
        "refusals": list(found.refusals),
    }


def _override(found: Proposal, name: str, text: str) -> dict[str, Any]:
    return {"name": name, "text": text, "dropped": name in found.dropped}


_SAID = {
    Need.ADD: "start {}",
    Need.REMOVE: "stop and forget {}",
    Need.SCALE: "more or fewer of {}; those that stay are not touched",
    Need.SET: "taken over at once",
    Need.RELOAD: "replace the workers of {}",
    Need.RESTART: "restart {}",
    Need.MOVE: "serve the metrics elsewhere",
    Need.LOGGER: "a new logger takes over",
    Need.START_ANEW: "needs a new start of the supervisor",
}


def said(act: Act) -> str:
    """Answer what a need means, for people."""
    return _SAID[act.need].format("every pool" if act.name == EVERY_POOL else act.name)
