"""One request, with a resolver of the test's own and receivers on this machine."""

import asyncio
import socket
import ssl
import threading
from contextlib import contextmanager

import pytest

from worker.webhooks import sending
from worker.webhooks.sending import Gate, post
from worker.webhooks.undelivered import Refused, Undelivered

OPEN = Gate(private=True, plain=True)


class Names:
    """A resolver that answers by list, one answer a question, and counts."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def __call__(self, host, port):
        self.asked.append((host, port))
        return self.answers.pop(0)


@contextmanager
def receiver(answer=b"HTTP/1.1 204 No Content\r\n\r\n", wait=0.0):
    """A listener that takes connections, keeps what it read, and says what it was told to say."""
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(10)
                    heard.append(connection.recv(65536))
                    over.wait(wait)
                    for piece in answer if isinstance(answer, list) else [answer]:
                        try:
                            connection.sendall(piece)
                        except OSError:
                            break
                    while not over.is_set():
                        try:
                            if not connection.recv(65536):
                                break
                        except OSError:
                            break

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], heard
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def send(url, body=b"{}", gate=OPEN, timeout=5.0, **more):
    return asyncio.run(post(url, {"X-A": "b"}, body, gate=gate, timeout=timeout, **more))


def test_the_request_says_the_hosts_name_while_it_goes_to_the_address_that_was_judged():
    names = Names(["127.0.0.1"])
    with receiver() as (port, heard):
        assert send(f"http://hooks.test:{port}/in?a=1", b'{"n":1}', resolver=names).status == 204
    [request] = heard
    head, _, _ = request.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    assert lines[0] == b"POST /in?a=1 HTTP/1.1"
    assert {f"host: hooks.test:{port}".encode(), b"x-a: b", b"content-length: 7"} <= {x.lower() for x in lines[1:]}
    assert names.asked == [("hooks.test", port)]


def test_a_name_is_resolved_once_so_that_a_second_answer_changes_nothing(monkeypatch):
    """Rebinding: public when it is judged, this host when it is asked for again."""
    names, went = Names(["93.184.216.34"], ["127.0.0.1"]), []

    async def connect(host, port, **_):
        went.append(host)
        raise ConnectionRefusedError("nobody")

    monkeypatch.setattr(sending.asyncio, "open_connection", connect)
    with pytest.raises(Undelivered, match="nobody"):
        send("http://rebind.test/", gate=Gate(plain=True), resolver=names)
    assert (went, len(names.asked)) == (["93.184.216.34"], 1)


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.0.0.1", "::1"], ["169.254.169.254"], ["::ffff:7f00:1"], ["64:ff9b::7f00:1"]]
)
def test_a_name_that_leads_to_ourselves_is_refused_without_a_connection(addresses, monkeypatch):
    async def connect(*_, **__):
        pytest.fail("it connected")

    monkeypatch.setattr(sending.asyncio, "open_connection", connect)
    with pytest.raises(Refused, match="allow_private"):
        send("https://evil.test/", gate=Gate(), resolver=Names(addresses))


def test_of_several_addresses_only_the_public_ones_are_tried(monkeypatch):
    went = []

    async def connect(host, port, **_):
        went.append(host)
        raise ConnectionRefusedError

    monkeypatch.setattr(sending.asyncio, "open_connection", connect)
    with pytest.raises(Undelivered):
        send("https://mixed.test/", gate=Gate(), resolver=Names(["10.0.0.1", "1.1.1.1", "127.0.0.1", "8.8.8.8"]))
    assert went == ["1.1.1.1", "8.8.8.8"]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]"])
def test_addresses_however_they_are_written_are_judged(host):
    with pytest.raises((Refused, Undelivered)) as said:
        send(f"http://{host}:9/", gate=Gate(plain=True))
    assert said.type is Refused or "Name or service" in str(said.value)


def test_a_url_without_tls_is_refused_unless_it_is_allowed():
    with pytest.raises(Refused, match="allow_http"):
        send("http://example.com/", gate=Gate(private=True), resolver=Names())


def test_a_redirect_is_an_answer_like_any_other():
    with receiver(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n") as (port, heard):
        assert send(f"http://127.0.0.1:{port}/").status == 302
    assert len(heard) == 1


def test_retry_after_is_handed_on():
    answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Busy\r\nRetry-After: 120\r\n\r\n"
    with receiver(answer) as (port, _):
        assert send(f"http://127.0.0.1:{port}/") == (503, "120")


@pytest.mark.parametrize("trickle", [True, False])
def test_the_time_limit_is_for_all_of_it(trickle):
    pieces = [b"HTTP/1.1 200 OK\r\n"] + ([b"X: y\r\n"] if trickle else [])
    with receiver(pieces) as (port, _), pytest.raises(Undelivered, match=r"did not answer within 0\.3 s"):
        send(f"http://127.0.0.1:{port}/", timeout=0.3)


@pytest.mark.parametrize(
    "answer",
    [b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000, b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, b"SSH-2.0-x\r\n\r\n", b""],
)
def test_an_answer_that_is_endless_or_none_is_not_read_for_ever(answer):
    with receiver(answer) as (port, _), pytest.raises(Undelivered):
        send(f"http://127.0.0.1:{port}/", timeout=1.0)


def test_the_body_of_an_answer_is_not_waited_for():
    with receiver(b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * 100_000) as (port, _):
        assert send(f"http://127.0.0.1:{port}/").status == 200


def test_the_certificate_must_be_for_the_name_in_the_url(monkeypatch):
    asked = {}

    async def connect(host, port, **tls):
        asked.update(tls, host=host, port=port)
        raise ConnectionRefusedError

    monkeypatch.setattr(sending.asyncio, "open_connection", connect)
    with pytest.raises(Undelivered):
        send("https://hooks.test/", gate=Gate(), resolver=Names(["1.1.1.1"]))
    context = asked.pop("ssl")
    assert asked == {"host": "1.1.1.1", "port": 443, "server_hostname": "hooks.test"}
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
