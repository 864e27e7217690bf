import os

import pytest

from worker.processes.messages import LIMIT, BadMessage, Closed, Wire, decode


def test_a_message_arrives_whole_with_its_files() -> None:
    one, other = Wire.pair()
    read, write = os.pipe()
    one.send({"op": "fork", "slot": 3}, (write,))
    os.close(write)
    received = other.receive()
    assert received is not None
    message, fds = received
    assert message == {"op": "fork", "slot": 3}
    assert not os.get_inheritable(fds[0])
    os.write(fds[0], b"x")
    assert os.read(read, 1) == b"x"
    for fd in (*fds, read):
        os.close(fd)
    one.close()
    other.close()


def test_nothing_there_is_no_message_and_a_closed_end_is_told() -> None:
    one, other = Wire.pair()
    assert other.receive() is None
    one.close()
    with pytest.raises(Closed):
        other.receive()
    with pytest.raises(Closed):
        other.send({"a": 1})
    other.close()


def test_what_finds_no_room_waits_in_order() -> None:
    one, other = Wire.pair()
    sent = 0
    while not one.behind:
        one.send({"n": sent, "fill": "x" * 5000})
        sent += 1
    got = []
    while len(got) < sent:
        received = other.receive()
        if received is None:
            one.flush()
            continue
        got.append(received[0]["n"])
    assert got == list(range(sent))
    one.close()
    other.close()


def test_too_long_a_message_is_refused_where_it_is_sent() -> None:
    one, other = Wire.pair()
    with pytest.raises(BadMessage, match="limit"):
        one.send({"fill": "x" * LIMIT})
    one.close()
    other.close()


@pytest.mark.parametrize("data", [b"", b"[1]", b"{", b"\xff"])
def test_what_is_no_object_is_no_message(data: bytes) -> None:
    with pytest.raises(BadMessage):
        decode(data)
