"""The seats of one pool and their slots on the scoreboard."""

from collections.abc import Iterator
from itertools import count

from scoreboard import Board
from supervisor.outputs import Outputs
from supervisor.seat import Seat
from supervisor.slots import Slots
from supervisor.states import State
from supervisor.zygote import Zygote


class Roster:
    """Duties: as many seats as wanted (the last ones go first), each with a slot and an output pipe of its own."""

    def __init__(self, pool_name: str, number: int, board: Board, slots: Slots, outputs: Outputs) -> None:
        self._pool_name = pool_name
        self._number = number
        self._board = board
        self._slots = slots
        self._outputs = outputs
        self._seats: list[Seat] = []

    def __iter__(self) -> Iterator[Seat]:
        return iter(tuple(self._seats))

    def __len__(self) -> int:
        return len(self._seats)

    @property
    def room(self) -> int:
        """How many seats there can be at most."""
        return len(self._seats) + self._slots.free

    @property
    def live(self) -> bool:
        """Whether any process is left."""
        return any(seat.live for seat in self._seats)

    @property
    def running(self) -> int:
        """How many workers have booted and are to stay."""
        return sum(seat.state is State.RUNNING for seat in self._seats)

    def fill(self, target: int) -> None:
        """Make seats up to the target and say of each whether it is wanted."""
        taken = {seat.index for seat in self._seats}
        free = (number for number in count() if number not in taken)
        while len(self._seats) < target and self._slots.free:
            index = next(free)
            name = f"{self._pool_name}.{index}"
            self._seats.append(Seat(self._slots.take(), index, name, self._number, self._board))
        self._seats.sort(key=lambda seat: seat.index)
        for place, seat in enumerate(self._seats):
            seat.wanted = place < target

    def vacate(self, seat: Seat) -> None:
        """Take an empty seat away."""
        self._seats.remove(seat)
        seat.vacate()
        self._slots.give_back(seat.slot)
        self._outputs.drop(seat.name)

    def find(self, slot: int, zygote: Zygote) -> Seat | None:
        """Answer the seat that a zygote speaks of."""
        return next((seat for seat in self._seats if seat.slot == slot and seat.zygote is zygote), None)

    def output(self, seat: Seat) -> int:
        """Answer the pipe for a worker's output."""
        return self._outputs.pipe(seat.name, self._pool_name)

    def all_well(self, floor: int, target: int) -> bool:
        """Tell whether all wanted workers run, none of them too old, and nobody else is there."""
        return len(self._seats) == self.running == target and not any(seat.stale(floor) for seat in self._seats)
