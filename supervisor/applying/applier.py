"""Applies the config file to what runs: one job at a time, in the order they were asked for.

apply, HUP ──> queue ──> read the file, compare ──> ApplyJob, advanced in every pass of the arbiter
"""

import logging
import math
import os
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from config import Config, ConfigError, Places, checked, read_regular
from supervisor.applying.apply_job import ApplyJob, Stage, Wish
from supervisor.applying.carry_out import Grounds
from supervisor.applying.diff import Plan, config_hash, diff
from supervisor.applying.in_force import InForce
from supervisor.applying.needs import Need
from supervisor.applying.overrides import Override
from supervisor.applying.run_time import observed
from supervisor.services.host_check import refuse_misfits

log = logging.getLogger(__name__)

_LOOK_S = 0.1
_REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an apply would do now."""

    config: Config
    hash: str
    plan: Plan
    dropped: dict[str, Override]  # overrides that would be dropped
    refusals: tuple[str, ...]  # why it cannot be done while this supervisor runs

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.plan.changes and not self.dropped


class Applier:
    """Duties: propose, queue, carry out. Implements Reconcilable."""

    name = "apply"

    def __init__(self, grounds: Grounds, wake: Callable[[], None]) -> None:
        self._on = grounds
        self._wake = wake
        self._waiting: deque[ApplyJob] = deque()
        self._current: ApplyJob | None = None
        self._jobs: dict[int, ApplyJob] = {}
        self._number = 0
        self._owed = False

    @property
    def overrides(self) -> dict[str, Override]:
        """What is set at run time, over the file."""
        return self._on.overrides.all()

    @property
    def under_way(self) -> int | None:
        """The number of the job that is being done."""
        return self._current.number if self._current else None

    @property
    def busy(self) -> bool:
        """Whether a job is being done, or waits for its turn."""
        return self._current is not None or bool(self._waiting)

    def job(self, number: int) -> ApplyJob | None:
        """Answer one of the last jobs."""
        return self._jobs.get(number)

    def save(self) -> dict[str, Any]:
        """Answer what is remembered of jobs that have ended: whoever waits for one asks again after an upgrade."""
        ended = [[job.number, job.stage.value, job.error] for job in self._jobs.values() if job.over]
        return {"number": self._number, "jobs": ended}

    def restore(self, saved: Mapping[str, Any]) -> None:
        """Remember what was saved; the next job has a number that none had before."""
        self._number = saved["number"]
        for number, stage, error in saved["jobs"]:
            job = self._jobs[number] = ApplyJob(number, Wish(asked_by="apply"))
            job.stage, job.error = Stage(stage), error

    def propose(self, *, reset: bool = False) -> Proposal:
        """Read the file and say what applying it would do. Nothing is changed.

        Raises:
            ConfigError: the file is not good, or this host lacks what it asks for.
        """
        now = self._on.herd.config
        config = checked(read_regular(now.path), now.path, os.environ)
        refuse_misfits(config)
        plan = diff(now, config)
        known, scaled = self.overrides, set(plan.names(Need.SCALE)) | set(plan.names(Need.REMOVE))
        dropped = {name: one for name, one in known.items() if reset or (name in scaled and not one.empty)}
        return Proposal(config, config_hash(config), plan, dropped, tuple(self._refusals(now, config, plan)))

    def ask(self, wish: Wish) -> ApplyJob:
        """Queue a job; answer it. A second HUP that waits already is not queued again."""
        if wish.roll:
            for job in self._waiting:
                if job.wish == wish:
                    return job
        self._number += 1
        job = self._jobs[self._number] = ApplyJob(self._number, wish)
        self._jobs.pop(self._number - _REMEMBERED, None)
        self._waiting.append(job)
        self._wake()
        return job

    def remember(self) -> None:
        """Keep what commands have set, on disk; while a job turns everything over, when it has ended."""
        self._owed = self._current is not None
        if not self._owed:
            self._on.overrides.update(observed(self._on.herd))

    def reconcile(self, now: float) -> float:
        """Bring the present job nearer to its end; answer when to look again."""
        while True:
            if self._current is None:
                if not self._waiting:
                    return math.inf
                self._current = self._waiting.popleft()
                self._open(self._current, now)
            if not self._current.over:
                self._current.advance(now)
            if not self._current.over:
                return now + _LOOK_S
            self._current = None
            if self._owed:
                self.remember()

    def _open(self, job: ApplyJob, now: float) -> None:
        wish = job.wish
        try:
            found = self.propose(reset=wish.reset)
            if wish.expect not in ("", found.hash):
                job.fail("nothing was changed: the file is another since its differences were shown; apply it again")
            elif found.refusals:
                job.fail(f"nothing was changed: {'; '.join(found.refusals)}")
            elif found.empty and not wish.roll:
                job.nothing_to_do()
            else:
                _tell(wish.asked_by, found)
                job.begin(now, self._on, found.plan, InForce(found.config, Places(found.config.data_dir)))
        except ConfigError as error:
            job.fail(f"nothing was changed: the file is not good:\n{error}")
        except OSError as error:
            job.fail(f"nothing was changed: {error}")

    def _refusals(self, old: Config, new: Config, plan: Plan) -> list[str]:
        found = []
        if plan.blocked:
            places = ", ".join(change.path for change in plan.blocked)
            found.append(f"{places} can only be changed by a new start of the supervisor (`shutdown`, then start it)")
        workers, slots = sum(pool.instances for pool in new.pools), self._on.herd.slots.count
        if workers > slots:
            found.append(f"{workers} workers are more than the {slots} this supervisor has room for: start it anew")
        added = {pool.name for pool in new.pools} - {pool.name for pool in old.pools}
        if len(added) > self._on.herd.builder.spare_pools:
            found.append(f"there is no room for {len(added)} more pools: start the supervisor anew")
        kinds = [({pool.name for pool in one.pools}, {program.name for program in one.programs}) for one in (old, new)]
        found += [
            f"{name!r} was a pool and is a program now, or the other way round: apply without it first"
            for name in sorted((kinds[0][0] & kinds[1][1]) | (kinds[0][1] & kinds[1][0]))
        ]
        return found


def _tell(asked_by: str, found: Proposal) -> None:
    log.info("%s: config %s is applied: %d differences", asked_by, found.hash, len(found.plan.changes))
    for change in found.plan.changes:
        log.info("  %s: %s -> %s", change.path, change.old or "(none)", change.new or "(none)")
