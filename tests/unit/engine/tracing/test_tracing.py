import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import NewJob
from engine.tracing.tracing import begin, current, parse, propagate

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_traceparent_is_read_and_written_as_the_standard_says():
    found = parse(PARENT, "vendor=1")
    assert found is not None
    assert (found.trace_id, found.span_id, found.flags) == (PARENT[3:35], PARENT[36:52], "01")
    assert found.headers() == {"traceparent": PARENT, "tracestate": "vendor=1"}
    assert parse(f"01{PARENT[2:]}-later") is not None  # versions to come may say more


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "nonsense",
        PARENT.upper(),
        f"ff{PARENT[2:]}",
        f"{PARENT}-more",
        PARENT.replace("b7ad6b7169203331", "0" * 16),
    ],
)
def test_a_malformed_one_is_none(text):
    assert parse(text) is None


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_is_read_or_none(parent, state):
    parse(parent, state)


def test_a_job_carries_on_the_trace_of_its_producer_or_begins_one():
    alone = propagate(NewJob("t"))
    assert alone.headers is not None
    assert parse(alone.headers["traceparent"]) is not None
    here = begin()
    token = current.set(here)
    try:
        job = propagate(NewJob("t", headers={"other": "x"}))
    finally:
        current.reset(token)
    assert job.headers == {"other": "x", "traceparent": here.traceparent}
    assert propagate(job) is job
