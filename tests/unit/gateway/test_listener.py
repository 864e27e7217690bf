import socket

import pytest

from gateway.listener import CannotListen, is_loopback, listen


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"])
def test_this_machine_alone_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "10.0.0.1", ""])
def test_what_others_can_reach_is_not_loopback(host: str) -> None:
    assert not is_loopback(host)


def test_a_name_that_cannot_be_resolved_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert not is_loopback("some.host")


def test_a_free_port_is_listened_to() -> None:
    with listen("127.0.0.1", 0) as bound, socket.create_connection(bound.getsockname(), timeout=5):
        assert bound.getsockname()[1] > 0


def test_a_taken_port_is_a_plain_error() -> None:
    with listen("127.0.0.1", 0) as bound:
        port = bound.getsockname()[1]
        with pytest.raises(CannotListen, match=rf"127\.0\.0\.1:{port} is taken by another program"):
            listen("127.0.0.1", port)


def test_an_address_of_another_machine_is_a_plain_error() -> None:
    with pytest.raises(CannotListen, match=r"192\.0\.2\.1:5000"):
        listen("192.0.2.1", 5000)
