"""What every duty of the janitor looks like: a name, an interval, one bounded pass.

The runner knows duties only by this shape. A duty never loops until its work
is done: it takes one bounded bite and says when it wants to be called again,
so that no duty starves another and a stop request is seen in between.
"""

from typing import NamedTuple, Protocol


class Pass(NamedTuple):
    """The outcome of one pass of a duty.

    Attributes:
        handled: how many records were moved, buried or removed.
        again_in: seconds until the duty wants its next pass. Zero asks for another
            one at once (there was more than one pass may take), None means "after
            my interval".
    """

    handled: int
    again_in: float | None = None


class Duty(Protocol):
    """One recurring piece of work.

    Attributes:
        name: short verb-like word, used in logs.
        interval: seconds between two passes when nothing asks for an earlier one.
    """

    name: str
    interval: float

    def run_once(self) -> Pass:
        """Do one bounded pass.

        Raises:
            engine.errors.StoreDown: the store is away; the runner backs off.
            Exception: anything else; the runner logs it and goes on with the other duties.
        """
        ...
