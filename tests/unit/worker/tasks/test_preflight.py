"""What imports leave behind, found and named."""

import asyncio
import socket
import sqlite3
import threading
from pathlib import Path

from worker.tasks.preflight import Preflight, advice


def found(flight: Preflight) -> list[str]:
    return [str(finding) for finding in flight.findings()]


def test_a_thread_is_named_with_what_it_runs_and_who_left_it() -> None:
    flight, done = Preflight(), threading.Event()
    flight.imported("innocent")
    thread = threading.Thread(target=done.wait, name="poller", daemon=True)
    thread.start()
    try:
        flight.imported("guilty")
        (said,) = found(flight)
    finally:
        done.set()
        thread.join()
    assert "thread 'poller' (runs threading.Event.wait), left by importing guilty" in said
    assert found(flight) == [], "what has ended meanwhile does no harm"


def test_connections_and_listening_sockets_are_named_with_their_address() -> None:
    flight = Preflight()
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        flight.imported("guilty")
        said = " ".join(found(flight))
        port = server.getsockname()[1]
        assert f"a socket that listens at 127.0.0.1:{port} (fd {server.fileno()})" in said
        assert f"a connection to 127.0.0.1:{port} (fd {client.fileno()})" in said
        assert "left by importing guilty" in advice(flight.findings())
    assert found(flight) == []


def test_an_event_loop_is_found() -> None:
    flight = Preflight()
    loop = asyncio.new_event_loop()
    flight.imported("guilty")
    try:
        assert any("an event loop or poller" in said for said in found(flight))
    finally:
        loop.close()


def test_an_open_database_is_found_and_a_log_that_is_appended_to_is_not(tmp_path: Path) -> None:
    flight = Preflight()
    with (tmp_path / "app.log").open("a") as log, (tmp_path / "in.csv").open("w"):
        database = sqlite3.connect(tmp_path / "db")
        database.execute("create table t (x)")
        flight.imported("guilty")
        said = found(flight)
        database.close()
        log.write("")
    assert len(said) == 1
    assert f"{tmp_path}/db, open for writing" in said[0]
