import pytest

from engine.errors import EngineError, JobNotFound, PayloadError, QueueFull, StoreDown, StoreFull
from gateway.errors import documented, of_engine, of_validation


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (QueueFull("default", 10, 2.2), 429),
        (StoreFull("no room"), 503),
        (StoreDown("refused"), 503),
        (JobNotFound("none"), 404),
        (PayloadError("too large"), 400),
        (EngineError("odd"), 500),
    ],
)
def test_each_engine_error_has_its_status(error: EngineError, status: int) -> None:
    assert of_engine(error).status == status
    assert of_engine(error).message == str(error)


def test_a_full_queue_says_in_whole_seconds_when_to_try_again() -> None:
    assert of_engine(QueueFull("default", 10, 2.2)).headers == {"Retry-After": "3"}
    assert of_engine(QueueFull("default", 10, 0.01)).headers == {"Retry-After": "1"}


def test_a_store_that_is_away_says_when_to_try_again() -> None:
    assert of_engine(StoreDown("refused")).headers == {"Retry-After": "1"}


def test_all_findings_stand_in_one_line() -> None:
    findings = [{"loc": ("query", "limit"), "msg": "too large"}, {"loc": ("query", "state"), "msg": "unknown"}]
    assert of_validation(findings) == "limit: too large; state: unknown"


def test_the_schema_documents_each_status_with_the_error_body() -> None:
    assert list(documented(404, 503)) == [404, 503]
