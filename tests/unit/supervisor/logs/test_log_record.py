import json

from hypothesis import given
from hypothesis import strategies as st

from supervisor.logger.formats import DATA_LIMIT, as_json, as_text
from supervisor.logger.origin import Origin
from supervisor.logs.log_record import parse

STAMP = "2026-01-31T12:00:00.123Z"
WORKER = Origin("default", "default.3", 2, "0-1769860800000-0", "nap")


def test_text_names_worker_generation_and_job() -> None:
    assert as_text([b"hello"], WORKER, STAMP) == f"{STAMP} default.3 g2 0-1769860800000-0 | hello\n".encode()
    assert as_text([b"hello"], Origin("web", "web.0"), STAMP) == f"{STAMP} web.0 | hello\n".encode()


def test_json_names_them_too() -> None:
    assert json.loads(as_json([b"hello\r"], WORKER, STAMP)) == {
        "ts": STAMP,
        "log": "default",
        "worker": "default.3",
        "generation": 2,
        "job": "0-1769860800000-0",
        "type": "nap",
        "line": "hello",
    }


def test_a_line_that_is_an_object_is_embedded_and_any_other_is_text() -> None:
    said = [json.loads(line) for line in as_json([b'{"a": [1]}', b'{"a": ', b"[1]"], WORKER, STAMP).splitlines()]
    assert said[0]["data"] == {"a": [1]}
    assert "line" not in said[0]
    assert [one["line"] for one in said[1:]] == ['{"a": ', "[1]"]
    long = json.dumps({"a": "x" * DATA_LIMIT}).encode()
    assert "line" in json.loads(as_json([long], WORKER, STAMP))


def test_our_own_lines_have_their_time_and_level_in_json() -> None:
    own = b"2026-01-31T11:59:59.999Z INFO    supervisor: hello"
    said = json.loads(as_json([own], Origin("supervisor", "supervisor"), STAMP))
    assert (said["ts"], said["level"], said["line"]) == ("2026-01-31T11:59:59.999Z", "INFO", "supervisor: hello")


@given(st.binary(max_size=200).map(lambda line: line.replace(b"\n", b"")))
def test_whatever_bytes_a_worker_writes_json_is_one_readable_line(line: bytes) -> None:
    written = as_json([line], WORKER, STAMP)
    assert written.count(b"\n") == 1
    assert json.loads(written)["worker"] == "default.3"


def test_both_formats_read_the_same() -> None:
    text = parse(as_text([b"ERROR   x: no"], WORKER, STAMP).decode().rstrip("\n"))
    form = parse(as_json([b"ERROR   x: no"], WORKER, STAMP).decode().rstrip("\n"))
    assert (text.ts, text.worker, text.generation, text.job, text.line) == (
        form.ts,
        form.worker,
        form.generation,
        form.job,
        form.line,
    )
    assert text.level == "error"
    assert form.as_text() == text.as_text() == text.raw
    assert json.loads(text.as_json("default")) == {
        "ts": STAMP, "log": "default", "worker": "default.3", "generation": 2, "job": "0-1769860800000-0",
        "level": "ERROR", "line": "ERROR   x: no",
    }  # fmt: skip


def test_the_level_within_an_object_counts() -> None:
    assert parse(as_json([b'{"level": "warning", "a": 1}'], WORKER, STAMP).decode().rstrip("\n")).level == "warning"


@given(st.text(max_size=80))
def test_anything_can_be_parsed_and_shown(raw: str) -> None:
    assert isinstance(parse(raw).as_text(), str)
    assert isinstance(json.loads(parse(raw).as_json("x")), dict)


def test_an_object_that_we_did_not_write_is_shown_as_it_is() -> None:
    for raw in ['{"a": 1}', '{"ts": 5}', '{"ts": "x", "generation": "y"}', "{", "{}"]:
        assert parse(raw).as_text() == raw
