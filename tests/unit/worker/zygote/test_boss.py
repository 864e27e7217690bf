"""The supervisor as the zygote's boss: whichever way its loss is noticed, the zygote is told to leave."""

from worker.processes.messages import Wire
from worker.zygote.boss import EXIT, SocketBoss


def test_a_boss_that_is_gone_when_it_is_told_something_means_leave() -> None:
    ours, theirs = Wire.pair()
    boss = SocketBoss(ours)
    theirs.close()
    boss.tell({"event": "exit", "slot": 0})
    assert [order.message for order in boss.orders()] == [EXIT]
    assert boss.readable() == []


def test_a_boss_that_is_gone_when_it_is_listened_to_means_leave_once() -> None:
    ours, theirs = Wire.pair()
    boss = SocketBoss(ours)
    theirs.close()
    assert [order.message for order in boss.orders()] == [EXIT]
    assert boss.orders() == []
