"""Which slots of the scoreboard are taken. Pure."""

import heapq


class NoSlotError(Exception):
    """Every slot of the scoreboard is taken."""


class Slots:
    """Hands out the lowest free slot, so that a pool's series are continued after a scale-down and up."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.used = 0  # slots below this one have been handed out at some time
        self._free = list(range(count))

    @property
    def free(self) -> int:
        """How many are left."""
        return len(self._free)

    def take(self) -> int:
        """Answer a slot.

        Raises:
            NoSlotError: none is left.
        """
        if not self._free:
            raise NoSlotError(f"all {self.count} slots of the scoreboard are taken")
        slot = heapq.heappop(self._free)
        self.used = max(self.used, slot + 1)
        return slot

    def reserve(self, slot: int) -> int:
        """Take a certain slot; answers it.

        Raises:
            NoSlotError: it is taken already.
        """
        if slot not in self._free:
            raise NoSlotError(f"slot {slot} of the scoreboard is taken")
        self._free.remove(slot)
        heapq.heapify(self._free)
        self.used = max(self.used, slot + 1)
        return slot

    def give_back(self, slot: int) -> None:
        """Free a slot."""
        heapq.heappush(self._free, slot)
