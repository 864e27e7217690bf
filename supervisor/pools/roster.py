"""The seats of one pool and their slots on the scoreboard."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from scoreboard import Board
from supervisor.pools.legacy import Legacy
from supervisor.pools.seat import Seat
from supervisor.pools.slots import Slots
from supervisor.pools.zygote import Zygote
from supervisor.processes.outputs import Outputs
from supervisor.services.states import State
from supervisor.upgrading.handover import Handover


class Roster:
    """Duties: make seats and take them away, each with a slot of its own; a name and its output pipe are a place's.

    A seat that `replaces` another has its index and name, and another slot; the rest of the index, the place, is one.
    """

    def __init__(self, pool_name: str, number: int, board: Board, slots: Slots, outputs: Outputs) -> None:
        self._pool_name = pool_name
        self._number = number
        self._board = board
        self._slots = slots
        self._outputs = outputs
        self._seats: list[Seat] = []
        self._legacies: dict[int, Legacy] = {}  # by index, of those that left before their successor came

    def __iter__(self) -> Iterator[Seat]:
        return iter(tuple(self._seats))

    def __len__(self) -> int:
        return len(self._seats)

    @property
    def room(self) -> int:
        """How many seats there can be at most."""
        return len(self._seats) + self._slots.free

    @property
    def has_slot(self) -> bool:
        """Whether there is room for one seat more."""
        return self._slots.free > 0

    @property
    def live(self) -> bool:
        """Whether any process is left."""
        return any(seat.live for seat in self._seats)

    @property
    def running(self) -> int:
        """How many workers have booted and have not been told to leave."""
        return sum(seat.state is State.RUNNING for seat in self._seats)

    @property
    def places(self) -> list[Seat]:
        """The seats that are to stay and replace nobody."""
        return [seat for seat in self._seats if seat.wanted and seat.replaces is None]

    @property
    def extras(self) -> list[Seat]:
        """The seats that are to stay and replace another, which is still there."""
        return [seat for seat in self._seats if seat.wanted and seat.replaces is not None]

    @property
    def trial(self) -> Seat | None:
        """The canary, if there is one."""
        return next((seat for seat in self._seats if seat.trial and seat.wanted), None)

    def add(self, *, replaces: Seat | None = None, trial: bool = False) -> Seat:
        """Make a seat, in the lowest free slot; its index is that of the seat it replaces, or the lowest free one.

        Raises:
            NoSlotError: the scoreboard is full.
        """
        taken = {seat.index for seat in self.places}
        index = replaces.index if replaces else next(number for number in count() if number not in taken)
        seat = Seat(self._slots.take(), index, f"{self._pool_name}.{index}", self._number, self._board)
        seat.replaces, seat.trial = (replaces.slot if replaces else None), trial
        if replaces is None and (legacy := self._legacies.pop(index, None)) is not None:
            seat.inherit(legacy)
        self._seats.append(seat)
        self._seats.sort(key=lambda seat: (seat.index, seat.slot))
        return seat

    def save(self, handover: Handover) -> dict[str, Any]:
        """Answer all there is to know for the supervisor that follows in this process."""
        return {
            "seats": [[seat.slot, seat.index, seat.save(handover)] for seat in self._seats],
            "legacies": [[index, legacy.save()] for index, legacy in self._legacies.items()],
        }

    def restore(self, saved: Mapping[str, Any], zygotes: Mapping[int, Zygote]) -> None:
        """Have the seats that were saved; `zygotes` by generation."""
        for slot, index, words in saved["seats"]:
            name = f"{self._pool_name}.{index}"
            seat = Seat(self._slots.reserve(slot), index, name, self._number, self._board, taken_over=True)
            seat.restore(words, zygotes.get(words["zygote"]))
            self._seats.append(seat)
        self._legacies = {index: Legacy.restored(words) for index, words in saved["legacies"]}

    def vacate(self, seat: Seat) -> Seat | None:
        """Take an empty seat away; answer its heir when that already works."""
        self._seats.remove(seat)
        seat.vacate()
        self._slots.give_back(seat.slot)
        others = [other for other in self._seats if other.index == seat.index]
        if not others:
            self._outputs.drop(seat.name)
        if not seat.succeeded:
            return None
        heir = next((other for other in others if other.wanted), None)
        if heir is None:
            self._legacies[seat.index] = seat.legacy()
        else:
            heir.inherit(seat.legacy())
        return heir

    def at(self, slot: int | None) -> Seat | None:
        """Answer the seat of a slot."""
        return next((seat for seat in self._seats if seat.slot == slot), None)

    def find(self, slot: int, zygote: Zygote) -> Seat | None:
        """Answer the seat that a zygote speaks of."""
        return next((seat for seat in self._seats if seat.slot == slot and seat.zygote is zygote), None)

    def output(self, seat: Seat) -> int:
        """Answer the pipe for a worker's output."""
        return self._outputs.pipe(seat.name, self._pool_name, seat.slot)

    def all_well(self, target: int) -> bool:
        """Tell whether all wanted workers run and nobody else is there."""
        return len(self._seats) == self.running == target
