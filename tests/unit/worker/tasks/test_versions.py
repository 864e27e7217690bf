import pytest

from engine import NewJob, PayloadError
from engine.payloads import payload
from engine.payloads.codec import Codec
from worker.durations import TaskError
from worker.run import packing
from worker.run.context import running
from worker.run.plans import Plan, UnknownTask, UnknownVersion
from worker.tasks.binding import ArgumentsError
from worker.tasks.checking import validator
from worker.tasks.registry import Registry, make_task


class Job:
    """What the versions look at of a claimed job."""

    id, type, queue, token, attempts, crashes = "1-1-1", "send", "default", 1, 0, 0

    def __init__(self, version=None):
        self.options = payload.encode_options(payload.Options(v=version))


@pytest.fixture
def send():
    def send(to: str, subject: str, copies: int = 1) -> None: ...

    made = make_task("send", send, version=3)

    @send.upcast(1)
    def named(old: dict) -> dict:
        return {"to": old["address"], "subject": old.get("subject", "")}

    @send.upcast(2)
    def counted(old: dict) -> dict:
        return {**old, "copies": 2}

    return made


def bound(task, data, version=None, codec=None):
    token = running.set((Job(version), 0))
    try:
        return packing.arguments(task, codec or Codec())((codec or Codec()).pack(data, task.name))
    finally:
        running.reset(token)


def test_older_payloads_go_through_every_step_up_to_the_tasks_version(send):
    assert bound(send, {"address": "a", "subject": "s"}) == ((), {"to": "a", "subject": "s", "copies": 2})
    assert bound(send, {"to": "a", "subject": "s"}, 2) == ((), {"to": "a", "subject": "s", "copies": 2})
    assert bound(send, {"to": "a", "subject": "s"}, 3) == ((), {"to": "a", "subject": "s"})


def test_packed_payloads_are_brought_up_too(send):
    assert bound(send, {"address": "a" * 500}, codec=Codec(compress_over=10))[1]["to"] == "a" * 500


def test_an_upcaster_that_fails_or_is_missing_is_an_error_of_the_payload(send):
    with pytest.raises(ArgumentsError, match="upcaster from version 1 failed: KeyError: 'address'"):
        bound(send, {"to": "a"})
    with pytest.raises(ArgumentsError, match="no upcaster leads from 1 to 2"):
        bound(make_task("b", lambda: None, version=2), None)


def test_upcasters_are_checked_where_they_are_declared(send):
    for version in (0, 3, True, "1"):
        with pytest.raises(TaskError, match="payloads are brought up from 1 to 2"):
            send.function.upcast(version)
    with pytest.raises(TaskError, match="two upcasters from version 1"):
        send.function.upcast(1)(lambda old: old)
    for version in (0, True, "2"):
        with pytest.raises(TaskError, match="version must be a whole number"):
            make_task("a", lambda: None, version=version)
    with pytest.raises(TaskError, match="plain function"):
        make_task("a", print, version=2)


def test_a_later_version_is_another_workers_job(send):
    plan = Plan("send", send, None, 0, None)
    plan.refuse_newer(payload.Options(v=3))
    plan.refuse_newer(payload.Options())
    with pytest.raises(UnknownVersion, match="is of version 4"):
        plan.refuse_newer(payload.Options(v=4))
    assert issubclass(UnknownVersion, UnknownTask)
    with pytest.raises(UnknownVersion):
        Plan("old", make_task("old", print), None, 0, None).refuse_newer(payload.Options(v=2))


def test_a_task_without_versions_is_bound_straight_from_the_bytes(send):
    task = make_task("plain", lambda a: a)
    assert bound(task, {"a": 1}) == ((1,), {})
    assert bound(task, "x" * 300, codec=Codec(compress_over=1)) == (("x" * 300,), {})


def test_payloads_are_checked_where_the_tasks_code_is(send):
    registry = Registry()
    registry.add(send)
    check = validator(registry)
    assert check(NewJob("send", {"to": "a", "subject": "s"})).version == 3
    assert check(NewJob("send", {"address": "a"}, version=1)).version == 1
    unknown = NewJob("elsewhere", object())
    assert check(unknown) is unknown
    for job, complaint in (
        (NewJob("send", {"to": "a"}), "missing required field `subject`"),
        (NewJob("send", {"to": 5, "subject": "s"}), "Expected `str`, got `int`"),
        (NewJob("send", {"to": "a"}, version=1), "upcaster from version 1 failed"),
        (NewJob("send", {"to": "a", "subject": "s"}, version=4), "is of version 4, the task here of 3"),
        (NewJob("send", object()), "cannot be sent"),
    ):
        with pytest.raises(PayloadError, match=complaint):
            check(job)
