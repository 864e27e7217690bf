"""What of the herd outlives an exec in place: saved as plain data and open files, restored in the herd made anew."""

import signal
from collections import Counter
from collections.abc import Mapping
from typing import Any

from supervisor.deaths.certificates import Certificate
from supervisor.herd import Herd
from supervisor.services.service import Service
from supervisor.upgrading.handover import Handover


def save(herd: Herd, handover: Handover) -> dict[str, Any]:
    """Answer all there is to know for the supervisor that follows in this process; see handover.py."""
    return {
        "lifeline": [handover.keep(fd) for fd in herd.lifeline],
        "outputs": herd.outputs.save(handover),
        "logger": herd.logger.save(handover),
        "services": {name: one.save(handover) for name, one in _services(herd).items()},
        "pools": {pool.name: pool.save(handover) for pool in herd.pools},
        "programs": {name: [one.save(handover) for one in ones] for name, ones in herd.programs.items()},
        "upgrades": herd.upgrade.count + 1 if herd.upgrade is not None else 0,
        "counted_from": dict(herd.counted_from),
        "strays_killed": dict(herd.strays_killed),
        "deaths": [one.plain() for one in herd.certificates.all()],
        "death_counts": [[owner, cause, count] for (owner, cause), count in herd.certificates.counts.items()],
        "autoscaling": herd.autoscaling.save(),
        "admission": herd.admission.save(),
    }


def restore(herd: Herd, saved: Mapping[str, Any]) -> None:
    """Be what was saved, with the processes that live on; the outputs were restored before anything was made."""
    herd.logger.restore(saved["logger"])
    for name, one in _services(herd).items():
        if name in saved["services"]:
            one.restore(saved["services"][name])
    for pool in herd.pools:
        if pool.name in saved["pools"]:
            pool.restore(saved["pools"][pool.name])
    for name, ones in herd.programs.items():
        for one, words in zip(ones, saved["programs"].get(name, []), strict=False):
            one.restore(words)
            if one.child is not None:
                # The guardian that knew it leaves when we are executed; the next one has to be told.
                herd.guardian.guard(one.child.pid, one.stop_timeout)
    if herd.upgrade is not None:
        herd.upgrade.count = saved["upgrades"]
    herd.counted_from.update(saved["counted_from"])
    herd.strays_killed.update(saved["strays_killed"])
    _deaths(herd, saved)
    herd.autoscaling.restore(saved["autoscaling"])
    herd.admission.restore(saved["admission"])


def end_watchers(herd: Herd) -> None:
    """End what only this image of the supervisor can hear, the watchers of files; the next image starts its own."""
    for minder in herd.minders.values():
        if minder.watch is not None:
            minder.watch.service.signal(signal.SIGTERM)


def _deaths(herd: Herd, saved: Mapping[str, Any]) -> None:
    for one in saved["deaths"]:
        herd.certificates.keep(Certificate.of(one))
    herd.certificates.counts = Counter({(owner, cause): count for owner, cause, count in saved["death_counts"]})


def _services(herd: Herd) -> dict[str, Service]:
    named: dict[str, Service | None] = {"store": herd.store, "janitor": herd.janitor, "gateway": herd.gateway}
    return {name: one for name, one in named.items() if one is not None}
