"""The states of a job and the moves between them. Imports nothing: everything else may lean on it."""

from enum import StrEnum


class JobState(StrEnum):
    """Where a job is. It is in exactly one place at any moment; each move is one atomic script."""

    PENDING = "pending"
    SCHEDULED = "scheduled"
    PROCESSING = "processing"
    COMPLETED = "completed"
    DEAD = "dead"
    CANCELLED = "cancelled"


# Nobody works on these any more. A dead letter may be given another life, by hand only.
FINISHED = frozenset({JobState.COMPLETED, JobState.DEAD, JobState.CANCELLED})

# (from, to) -> the scripts that make the move; None = the job is not there (yet, or any more). docs/states.md draws
# this table; a test holds the two together. (Any script that ends a job may besides make one that reports on it.)
# A member of a flow waits in scheduled for others: any script that ends one of those may let it go, or cancel it.
_ENDING = (
    "claim", "bury", "discard", "retry", "release", "give_back", "settle", "rescue", "cancel", "purge", "drop", "prune",
    "stop", "proceed", "park",
)  # fmt: skip
TRANSITIONS: dict[tuple[JobState | None, JobState | None], tuple[str, ...]] = {
    (None, JobState.PENDING): ("enqueue", "submit", "submit_many", "fire", "run", "spawn", "alarm", "notice"),
    (None, JobState.SCHEDULED): ("enqueue", "submit", "submit_many", "flow", "spawn"),
    (JobState.SCHEDULED, JobState.PENDING): ("promote", "flow", *_ENDING),
    (JobState.PENDING, JobState.PROCESSING): ("claim",),
    (JobState.PROCESSING, JobState.COMPLETED): ("claim",),
    (JobState.PROCESSING, JobState.SCHEDULED): ("retry",),
    (JobState.PROCESSING, JobState.DEAD): ("bury", "settle", "rescue"),
    (JobState.PROCESSING, JobState.PENDING): ("release", "give_back", "settle", "rescue", "park"),
    (JobState.PROCESSING, JobState.CANCELLED): (
        "discard",
        "retry",
        "bury",
        "release",
        "give_back",
        "settle",
        "rescue",
        "park",
    ),
    (JobState.PENDING, JobState.CANCELLED): ("cancel", "purge", "fire", "stop", "proceed"),
    (JobState.SCHEDULED, JobState.CANCELLED): (*_ENDING, "fire"),
    (JobState.DEAD, JobState.PENDING): ("requeue",),
    (JobState.DEAD, None): ("drop", "prune"),
}
