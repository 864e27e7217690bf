"""The types that workers announced, read from the store at most once a second, and anew on every miss."""

from gateway.recent import Recent


class KnownTypes:
    """Which queue a type belongs to, as `AsyncClient.types()` tells it.

    Args:
        recent: readings of type -> queue.
    """

    def __init__(self, recent: Recent[dict[str, str]]) -> None:
        self._recent = recent
        self._seen: dict[str, str] = {}

    async def queue_of(self, name: str) -> str | None:
        """The queue of a type, None when no worker ever announced it.

        Raises:
            engine.errors.StoreDown: the store is away and the latest reading is too old.
        """
        asked = self._recent.clock()
        self._seen = await self._recent.get()
        if name not in self._seen:  # a worker may have announced it since: a miss is never answered from memory
            self._seen = await self._recent.since(asked)
        return self._seen.get(name)

    def names(self) -> list[str]:
        """The types of the latest reading, for "did you mean"."""
        return list(self._seen)
