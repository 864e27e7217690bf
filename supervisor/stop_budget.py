"""How long a stop may take at most, against what the init system allows."""

import logging
from collections.abc import Mapping, Sequence

from supervisor.shutdown import Stage

log = logging.getLogger(__name__)

# Seconds after which whoever started us kills us: systemd's TimeoutStopSec, Kubernetes' grace period.
LIMIT_VARIABLE = "HERDSMAN_STOP_LIMIT"


def longest_stop(stages: Sequence[Stage]) -> float:
    """Answer how long all stages may take, one after the other, seconds. Pure."""
    return sum(max((ward.stop_timeout for ward in stage.wards), default=0.0) for stage in stages)


def complaint(stages: Sequence[Stage], environ: Mapping[str, str]) -> str:
    """Say that a stop may be cut short; "" when it fits, or nobody told the limit. Pure."""
    try:
        limit = float(environ.get(LIMIT_VARIABLE, "") or "inf")
    except ValueError:
        return f"{LIMIT_VARIABLE} is no number of seconds: {environ[LIMIT_VARIABLE]!r}"
    needed = longest_stop(stages)
    if needed <= limit:
        return ""
    return (
        f"a stop may take {needed:.0f} s, and we are killed after {limit:.0f} s ({LIMIT_VARIABLE}): jobs would be "
        "killed in the middle; raise the limit (TimeoutStopSec, grace period), or lower drain_timeout and stop_timeout"
    )
