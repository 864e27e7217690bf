from gateway.live.flow import ACK_WITHIN, MOST_UNDER_WAY, Allowance, Flow


def test_what_was_not_acknowledged_for_too_long_makes_a_socket_late() -> None:
    flow = Flow()
    assert not flow.is_late(1e9)
    flow.sent(10, 0.0)
    flow.sent(10, 10.0)
    assert not flow.is_late(ACK_WITHIN)
    assert flow.is_late(ACK_WITHIN + 1)
    flow.ack(1)
    assert not flow.is_late(ACK_WITHIN + 1)
    flow.ack(2)
    assert not flow.is_late(1e9)


def test_a_hidden_tab_is_forgiven_what_it_did_not_acknowledge() -> None:
    flow = Flow()
    flow.sent(10, 0.0)
    flow.forgive(100.0)
    assert not flow.is_late(100.0 + ACK_WITHIN)
    assert flow.is_late(101.0 + ACK_WITHIN)


def test_an_acknowledgement_of_what_was_never_sent_counts_for_nothing() -> None:
    flow = Flow()
    flow.sent(10, 0.0)
    flow.ack(1000)
    flow.sent(10, 0.0)
    assert flow.acknowledged == 1
    assert flow.is_late(100.0)
    flow.ack(-5)
    assert flow.acknowledged == 1


def test_too_much_under_way_makes_the_rest_wait() -> None:
    flow = Flow()
    flow.sent(MOST_UNDER_WAY + 1, 0.0)
    assert flow.is_full
    flow.ack(1)
    assert not flow.is_full


def test_twenty_frames_a_second_are_allowed_and_forty_at_once() -> None:
    allowance = Allowance(0.0)
    assert [allowance.take(0.0) for _ in range(41)] == [True] * 40 + [False]
    steady = Allowance(0.0)
    assert all(steady.take(number / 20) for number in range(1000))
