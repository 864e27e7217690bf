import re
import socket
from typing import Any

import httpx
import pytest

from tests.support.processes import eventually
from tests.support.servers import wanted_servers

pytestmark = [
    pytest.mark.store,
    pytest.mark.process,
    pytest.mark.parametrize("store_server", wanted_servers()[:1], indirect=True, ids=str),  # no matter which
]

JSON = {"content-type": "application/json"}


def exchange(gateway: Any, raw: bytes) -> bytes:
    """What comes back for these bytes, until the server closes or has said one whole answer."""
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(raw)
        answer = b""
        while b"}" not in answer and (part := connection.recv(65536)):
            answer += part
        return answer


def flood(connection: socket.socket, chunk: bytes, times: int = 20_000) -> None:
    """Send more than anybody should read."""
    for _ in range(times):
        connection.sendall(chunk)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b'{"type": "\xc3\x28"}', 400),
        (b"[" * 10_000 + b"]" * 10_000, 400),
        (b'{"type":"x","data":' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"}", 400),
        (b"[]", 400),
        (b"{}", 422),
        (b'{"type": "uppercase", "data": 1' + b"0" * 5000 + b', "accept_unknown": true}', 400),
        (b'{"type": "a\\u0000b", "accept_unknown": true}', 422),
        (b'{"type": "uppercase", "retries": 1e400}', None),
        (b'{"type": "' + b"x" * 1_000_000 + b'"}', 422),
    ],
)
def test_a_bad_body_is_an_answer(http: httpx.Client, worker: Any, body: bytes, status: int | None) -> None:
    answer = http.post("/tasks", content=body, headers=JSON)
    assert answer.status_code == status or (status is None and answer.status_code in (400, 422)), answer.text
    assert list(answer.json()) == ["error"]
    assert len(answer.text) < 1000
    assert http.get("/health").status_code == 200


def test_a_body_of_ten_megabytes_is_answered_413(http: httpx.Client) -> None:
    answer = http.post("/tasks", content=b"x" * 10_000_000, headers=JSON)
    assert (answer.status_code, list(answer.json())) == (413, ["error"])


def test_a_body_that_hides_its_length_is_answered_413(http: httpx.Client) -> None:
    answer = http.post("/tasks", content=(b"x" * 65536 for _ in range(100)), headers=JSON)
    assert answer.status_code == 413


def test_an_endless_body_is_cut(gateway: Any, http: httpx.Client) -> None:
    head = b"POST /tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    head += b"transfer-encoding: chunked\r\n\r\n"
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(head)
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            flood(connection, chunk)
    assert http.get("/health").status_code == 200


@pytest.mark.parametrize(
    "raw", [b"\x16\x03\x01\x02\x00\n\n", b"GET\r\n\r\n", b"POST /tasks HTTP/1.1\r\ncontent-length: -5\r\n\r\n"]
)
def test_what_is_no_http_is_refused(gateway: Any, http: httpx.Client, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(raw)
        assert connection.recv(65536).startswith(b"HTTP/1.1 400")
    assert http.get("/health").status_code == 200


def test_clients_that_leave_midway_hurt_nobody(gateway: Any, http: httpx.Client) -> None:
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
            connection.sendall(b"POST /tasks HTTP/1.1\r\nhost: localhost\r\ncontent-length: 100\r\n\r\n{")
    eventually(lambda: http.get("/health").status_code == 200, 5)
    assert "Traceback" not in gateway.log


def test_an_odd_path_is_an_answer(gateway: Any) -> None:
    for path in (b"/tasks/%00", b"/tasks/%ff%fe", b"/tasks/" + b"x" * 5000, b"/tasks?limit=%00", b"/%2e%2e/etc/passwd"):
        answer = exchange(gateway, b"GET " + path + b" HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert answer.split(b" ")[1] in (b"404", b"422"), (path, answer)
        assert b'{"error":' in answer


def test_a_body_of_a_hundred_megabytes_is_answered_or_cut(gateway: Any, http: httpx.Client) -> None:
    head = b"POST /tasks/batch HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    head += b"content-length: 104857600\r\n\r\n"
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(head)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413")
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            flood(connection, b"x" * 65536, 1600)
    assert http.get("/health").status_code == 200


def test_a_head_that_never_ends_is_refused_by_its_size(gateway: Any, http: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nhost: localhost\r\nx: ")
        connection.sendall(b"y" * 70_000)
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 431")
    assert b'{"error":' in answer
    assert http.get("/health").status_code == 200


def test_more_headers_than_anybody_needs_are_refused(gateway: Any) -> None:
    many = b"".join(b"x-%d: 1\r\n" % n for n in range(500))
    answer = exchange(gateway, b"GET /health HTTP/1.1\r\nhost: localhost\r\n" + many + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize("offer", [b"h2c", b"websocket", b"TLS/1.0"])
def test_a_request_that_offers_another_protocol_is_one_like_all_others(gateway: Any, offer: bytes) -> None:
    """Some clients (curl --http2, Java's) offer h2c with each request; its body was lost, or the connection hung."""
    upgrade = b"connection: Upgrade\r\nupgrade: " + offer + b"\r\n"
    body = b'{"type": "offered", "accept_unknown": true}'
    head = b"POST /tasks HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" + upgrade
    whole = head + b"content-length: %d\r\n\r\n" % len(body) + body
    parts = head + b"transfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    bare = head + b"content-length: 0\r\n\r\n"
    end = b"GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n"
    for cut in (1_000_000, len(whole) - len(body), len(whole) - 3):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
            said = whole + parts + bare + whole + end
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(said[:cut])
            connection.sendall(said[cut:])
            answers = b"".join(iter(lambda: connection.recv(65536), b""))
        found = re.findall(rb"HTTP/1.1 (\d+)", answers)
        assert found == [b"202", b"202", b"400", b"202", b"200"], answers


@pytest.mark.parametrize("more", [b"", b"sec-websocket-key: eA==\r\n", b"sec-websocket-version: 13\r\n"])
def test_half_a_websocket_is_answered_like_any_other_mistake(gateway: Any, more: bytes) -> None:
    head = b"GET /ws HTTP/1.1\r\nhost: localhost\r\nconnection: Upgrade\r\nupgrade: websocket\r\n"
    answer = exchange(gateway, head + more + b"\r\n")
    assert answer.startswith(b"HTTP/1.1 426 ")
    assert b'{"error":' in answer


def test_requests_sent_all_at_once_are_answered_in_their_order(gateway: Any) -> None:
    asked = b"".join(b"GET /tasks/1-1-%d HTTP/1.1\r\nhost: localhost\r\n\r\n" % n for n in range(16))
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
        connection.sendall(asked)
        answer = b""
        while answer.count(b"HTTP/1.1 404") < 16 or not answer.endswith(b"}"):
            answer += connection.recv(65536)
    places = [answer.index(b'\\"1-1-%d\\"' % n) for n in range(16)]
    assert places == sorted(places)


def test_far_more_requests_than_answers_are_cut(gateway: Any, http: httpx.Client) -> None:
    answer = exchange(gateway, b"GET /tasks/1-1-1 HTTP/1.1\r\nhost: localhost\r\n\r\n" * 1000)
    assert b"HTTP/1.1 429" in answer
    assert http.get("/health").status_code == 200


def test_a_client_that_asks_without_end_and_never_reads_hurts_nobody(gateway: Any, http: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=0.5) as connection:
        with pytest.raises(OSError, match=r"reset|Broken pipe|timed out"):  # it is cut, or not read any more
            flood(connection, b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n" * 100)
        assert http.get("/health").status_code == 200


def test_a_client_that_has_said_all_it_will_say_gets_an_answer_or_an_end(gateway: Any, http: httpx.Client) -> None:
    for raw in (
        b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n",
        b"GET /hea",
        b"",
        b"POST /work HTTP/1.1\r\nhost: localhost\r\n",
    ):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=15) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            said = b""
            while part := connection.recv(65536):
                said += part
            assert said.startswith(b"HTTP/1.1 200") is (b"\r\n\r\n" in raw)  # what was asked is answered
    assert http.get("/health").status_code == 200


def test_clients_that_ask_much_and_leave_at_once_leave_no_trace(gateway: Any, http: httpx.Client) -> None:
    asked = b"GET /tasks/1-1-1 HTTP/1.1\r\nhost: localhost\r\n\r\n" * 10
    for _ in range(50):
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=10) as connection:
            connection.sendall(asked)
            connection.shutdown(socket.SHUT_WR)
    eventually(lambda: "herdsman_gateway_connections 1.0" in http.get("/metrics").text, 10)
    assert "ERROR" not in gateway.log


def test_a_thousand_idle_connections_keep_nobody_out(gateway: Any) -> None:
    idle = [socket.create_connection(("127.0.0.1", gateway.port), timeout=10) for _ in range(1000)]
    try:
        for one in idle[::2]:
            one.sendall(b"POST /tasks HTTP/1.1\r\ncontent-le")
        answer = exchange(gateway, b"GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200")
    finally:
        for one in idle:
            one.close()
