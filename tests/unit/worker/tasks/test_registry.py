import pytest

from engine import Backoff
from worker.durations import TaskError, seconds
from worker.tasks.registry import Registry, make_task, task, tasks
from worker.tasks.retrying import Linear, Rules


def greet(name: str) -> str:
    return f"hello {name}"


async def wave() -> None: ...


def test_a_task_is_still_a_function() -> None:
    assert task("test-greet")(greet)("you") == "hello you"
    assert tasks.get("test-greet") is not None


def test_the_bare_decorator_takes_the_functions_name() -> None:
    assert task(greet) is greet
    assert tasks.get("greet") is not None


def test_a_soft_timeout_brings_a_hard_one_five_seconds_later() -> None:
    made = make_task("a", greet, timeout="30s")
    assert (made.timeout, made.hard_timeout) == (30.0, 35.0)


def test_async_functions_are_known_as_such() -> None:
    assert make_task("a", wave).is_async
    assert not make_task("a", greet).is_async


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"retries": -1}, "retries must be a whole number"),
        ({"timeout": "soon"}, "'soon' is no duration"),
        ({"timeout": 10, "hard_timeout": 5}, "shorter than timeout"),
        ({"queue": ""}, "queue must be the name"),
        ({"retry_on": ValueError("no")}, "retry_on: ValueError.* is no exception class"),
        ({"give_up_on": (ValueError, "KeyError")}, "give_up_on: 'KeyError' is no exception class"),
        ({"retry_for": "a while"}, "retry_for: 'a while' is no duration"),
        ({"backoff": "often"}, "backoff: 'often' is no duration.*exponential"),
        ({"backoff": []}, "backoff: the list of delays is empty"),
        ({"backoff": {"cap": "5m"}}, "backoff: 'linear' or 'exponential' is missing"),
        ({"backoff": {"linear": "1s", "factor": 2}}, "backoff: 'factor' is not known"),
        ({"backoff": {"linear": "1s", "exponential": "1s"}}, "backoff: 'linear' is not known"),
        ({"backoff": {"exponential": "1s", "factor": 0.5}}, "backoff: factor is by how much"),
        ({"backoff": {"exponential": "1m", "cap": "5s"}}, "backoff: cap .* is shorter than the first wait"),
        ({"backoff": {"linear": "1s", "max": 5}}, "backoff: 'max' is not known"),
        ({"backoff": {"linear": "1m", "cap": "5s"}}, "backoff: cap .* is shorter than the first wait"),
        ({"backoff": {"linear": "1m", "jitter": 7}}, "backoff: jitter is the share"),
    ],
)
def test_nonsense_is_refused_with_the_tasks_name(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(TaskError, match=f"task 'a'.*{complaint}"):
        make_task("a", greet, **options)  # type: ignore[arg-type]  # that is the point


def test_what_is_said_of_retries_is_kept_as_rules() -> None:
    said = {"retries": 2, "retry_on": [OSError], "give_up_on": FileNotFoundError, "retry_for": "2h"}
    assert make_task("a", greet, **said).rules == Rules(2, None, (OSError,), (FileNotFoundError,), 7200.0)
    assert make_task("a", greet, backoff=["1s", 2]).rules.backoff == (1.0, 2.0)
    assert make_task("a", greet, backoff="exponential").rules.backoff is None
    assert make_task("a", greet, backoff={"linear": "10s"}).rules.backoff == Linear(10.0, 3600.0, 0.1)
    assert make_task("a", greet, backoff={"exponential": "2s", "cap": "1h"}).rules.backoff == Backoff(2.0, 2.0, 3600.0)


def test_two_functions_cannot_share_a_name() -> None:
    registry = Registry()
    registry.add(make_task("a", greet))
    registry.add(make_task("a", greet))
    with pytest.raises(TaskError, match="two tasks are named 'a'"):
        registry.add(make_task("a", wave))


@pytest.mark.parametrize(("text", "expected"), [("30s", 30), ("1h30m", 5400), ("250ms", 0.25), (5, 5), (0.5, 0.5)])
def test_durations_are_read_as_people_write_them(text: str | float, expected: float) -> None:
    assert expected == seconds(text, "here")


def test_names_of_our_own_tasks_cannot_be_taken():
    with pytest.raises(TaskError, match=r"herdsman\. are ours"):
        task("herdsman.webhook")(lambda: None)
