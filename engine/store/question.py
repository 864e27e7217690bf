"""Questions that take more than one command: written once as generators that yield what to send and receive the reply,
driven by the sync and the async client alike.
"""

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple, TypeVar

from engine.store.calls import Call

T = TypeVar("T")


class Together(NamedTuple):
    """Plain commands sent in one go and never repeated; where the server refuses one, its reply is the error.

    held: only on the connection that is open; StoreDown when it is gone.
    """

    commands: Sequence[tuple[Any, ...]]
    held: bool = False


Step = Call[Any] | Together | tuple[Any, ...]  # a script call, or a plain command that only reads
Question = Generator[Step, Any, T]
