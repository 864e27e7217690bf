import pytest

from worker.registry import Registry, TaskError, make_task, seconds, task, tasks


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
    ],
)
def test_nonsense_is_refused_with_the_tasks_name(options: dict[str, object], complaint: str) -> None:
    with pytest.raises(TaskError, match=f"task 'a'.*{complaint}"):
        make_task("a", greet, **options)  # type: ignore[arg-type]  # that is the point


def test_two_functions_cannot_share_a_name() -> None:
    registry = Registry()
    registry.add(make_task("a", greet))
    registry.add(make_task("a", greet))
    with pytest.raises(TaskError, match="two tasks are named 'a'"):
        registry.add(make_task("a", wave))


@pytest.mark.parametrize(("text", "expected"), [("30s", 30), ("1h30m", 5400), ("250ms", 0.25), (5, 5), (0.5, 0.5)])
def test_durations_are_read_as_people_write_them(text: str | float, expected: float) -> None:
    assert expected == seconds(text, "here")
