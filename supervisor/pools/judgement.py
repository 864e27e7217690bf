"""Which word counts of why a worker died: the scoreboard's, or its zygote's. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from scoreboard import Cause, Death
from supervisor.pools.zygote import WorkerExit
from supervisor.processes.children import Exit

_CAUSES: Mapping[str, Cause] = MappingProxyType(
    {cause.name.lower().replace("_", " "): cause for cause in Cause if cause is not Cause.NONE}
)


def judged(end: Exit, told: WorkerExit | None, death: Death) -> Death:
    """Answer the death that counts.

    Args:
        end: how the process ended.
        told: its zygote's word, which knows of out-of-memory kills; None when there is none.
        death: what the scoreboard says.
    """
    if told is None:
        return death
    if end.code is None and end.signal is None:
        # It never was: the zygote could not fork.
        return Death(Cause.BOOT_FAILED, None, None, charged=False)
    return death._replace(cause=_CAUSES.get(told.cause, death.cause), charged=told.charged)
