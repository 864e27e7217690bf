"""The table: every script of the engine, on what stage it is called, and how. A new verb needs one entry, in the file
of its theme; what stands behind a colon tells several of one script apart.

`stage` prepares and returns what the call needs. `act` makes the call through the proxy. What must hold afterwards is
the same for all: the invariants, and the picture that the undisturbed call leaves. `answers`: a call whose fate was
unknown gives the same answer when it is repeated, for the script remembers it or changes nothing.
"""

from tests.faults import flows, keepers, operators, producers, schedules, workers

VERBS = {**producers.VERBS, **workers.VERBS, **keepers.VERBS, **operators.VERBS, **schedules.VERBS, **flows.VERBS}


def script_of(name):
    """The script that an entry of the table is about."""
    return name.partition(":")[0]
