import pytest

from supervisor.pools.slots import NoSlotError, Slots


def test_the_lowest_free_slot_is_taken_again_first() -> None:
    slots = Slots(4)
    assert [slots.take() for _ in range(3)] == [0, 1, 2]
    slots.give_back(0)
    slots.give_back(1)
    assert slots.take() == 0
    assert (slots.used, slots.free) == (3, 2)


def test_no_slot_is_given_twice() -> None:
    slots = Slots(1)
    slots.take()
    with pytest.raises(NoSlotError, match="all 1 slots"):
        slots.take()
