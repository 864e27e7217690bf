"""What the next zygote is told of a worker that died after its own zygote: whose jobs go where. Pure."""

from typing import Any

from scoreboard import Death, Entry, EntryState, WorkerSnapshot


def settlement(slot: int, snapshot: WorkerSnapshot, death: Death) -> dict[str, Any]:
    """Answer the `settle` message for a dead worker.

    What had started is charged (if the death is chargeable), what was only claimed goes back unharmed. What was
    done but maybe not acknowledged stands in neither list: the store knows which acknowledgements arrived.

    Args:
        slot: where it sat.
        snapshot: its record, read after its death and before the seat was used again.
        death: how it ended.
    """

    def leases(state: EntryState) -> list[str]:
        return [_lease(entry, snapshot.incarnation) for entry in snapshot.entries if entry.state is state]

    return {
        "op": "settle",
        "slot": slot,
        "incarnation": f"{snapshot.incarnation:x}",
        "cause": death.text,
        "charged": death.charged,
        "started": leases(EntryState.STARTED),
        "unstarted": leases(EntryState.CLAIMED),
    }


def _lease(entry: Entry, incarnation: int) -> str:
    return f"{entry.lane}-{entry.ms}-{entry.seq}/{entry.token}/{incarnation:x}"
