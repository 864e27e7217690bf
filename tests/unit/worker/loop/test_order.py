from collections import Counter

from worker.loop.order import QueueOrder


def test_a_list_is_a_strict_order() -> None:
    order = QueueOrder(["critical", "low"])
    assert [order.next() for _ in range(3)] == [["critical", "low"]] * 3


def test_weights_say_how_often_a_queue_is_asked_first() -> None:
    order = QueueOrder(["a", "b"], {"a": 3, "b": 1})
    first = Counter(order.next()[0] for _ in range(2000))
    assert 1350 < first["a"] < 1650
    assert sorted(order.next()) == ["a", "b"]
