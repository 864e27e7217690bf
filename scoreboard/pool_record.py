"""What the supervisor says of one pool: its name, how many workers are wanted, its present generation.

Writer: the supervisor (or the standalone zygote). A pool number without a name is not in use.
"""

from scoreboard.fields import Number, Record, pack_text, unpack_text
from scoreboard.layout import POOL_NAME_BYTES, WORD, Pool


class PoolRecord(Record):
    """The supervisor's words about one pool; every number is one word."""

    __slots__ = ("_name",)

    desired = Number(Pool.DESIRED)
    generation = Number(Pool.GENERATION)
    started_at_ns = Number(Pool.STARTED_AT_NS)

    def __init__(self, words: memoryview) -> None:
        """Look at a record; `words` are its own."""
        super().__init__(words)
        self._name = words[Pool.NAME : Pool.NAME + POOL_NAME_BYTES // WORD].cast("B")

    @property
    def name(self) -> str:
        """The pool's name, "" for a number not in use; at most 64 bytes of UTF-8 are kept."""
        return unpack_text(self._name.tobytes())

    @name.setter
    def name(self, name: str) -> None:
        self._name[:] = pack_text(name, POOL_NAME_BYTES)
