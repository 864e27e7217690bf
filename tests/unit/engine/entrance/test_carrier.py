"""What clients do to a new job on its way out."""

import msgspec
import pytest

from engine import NewJob, PayloadError
from engine.entrance import enqueue
from engine.entrance.carrier import Carrier
from engine.payloads import payload
from engine.payloads.codec import Codec


def tagged(job: NewJob) -> NewJob:
    return msgspec.structs.replace(job, data=[*job.data, "tagged"])


def test_middleware_sees_the_job_in_order_and_may_change_it():
    def last(job: NewJob) -> NewJob:
        assert job.data == [1, "tagged"]
        return msgspec.structs.replace(job, headers={"a": "b"})

    job = Carrier(middleware=[tagged, last]).outgoing(NewJob("t", [1]))
    assert (job.data, job.headers) == ([1, "tagged"], {"a": "b"})


def test_middleware_may_refuse_a_job():
    def refuse(job: NewJob) -> NewJob:
        raise PayloadError("not today")

    with pytest.raises(PayloadError, match="not today"):
        Carrier(middleware=[refuse]).outgoing(NewJob("t"))


def test_middleware_that_forgets_to_return_the_job_is_named():
    def forgetful(job: NewJob) -> None: ...

    with pytest.raises(TypeError, match="forgetful returned NoneType"):
        Carrier(middleware=[forgetful]).outgoing(NewJob("t"))


def test_without_settings_a_job_is_sent_as_it_is():
    job = NewJob("t", {"a": 1})
    assert Carrier().outgoing(job) is job


def test_a_packed_payload_is_sent_as_it_was_packed_and_what_was_given_is_still_known():
    job = Carrier(middleware=[tagged], compress_over=10).outgoing(NewJob("t", ["x" * 5000]))
    assert job.given == ["x" * 5000, "tagged"]
    [data] = [part for part in enqueue.enqueue([job]).args if isinstance(part, bytes) and len(part) > 10]
    assert len(data) < 200
    assert payload.decode(Codec().unpack(data, "t")) == ["x" * 5000, "tagged"]


def test_a_larger_limit_is_kept_by_the_encoder_that_follows():
    job = Carrier(max_payload=3 << 20).outgoing(NewJob("t", "x" * (2 << 20)))
    assert len(payload.encode(job.data)) > 2 << 20
    with pytest.raises(PayloadError, match="the limit is"):
        payload.encode("x" * (2 << 20))


def test_version_and_headers_travel_in_the_options():
    found = payload.decode_options(enqueue.options(NewJob("t", version=3, headers={"a": "ü"})))
    assert (found.v, found.h) == (3, {"a": "ü"})
    assert enqueue.options(NewJob("t", headers={})) == b""


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"version": 0}, "version must be"),
        ({"version": True}, "version must be"),
        ({"headers": {"a b": "x"}}, "header's name"),
        ({"headers": {"a": 1}}, "must be text"),
        ({"headers": {"a": "\ud800"}}, "half a character"),
        ({"headers": {"a": "x" * 4096}}, "the limit is 4096"),
    ],
)
def test_versions_and_headers_that_cannot_be_are_refused(said, complaint):
    with pytest.raises(ValueError, match=complaint):
        enqueue.options(NewJob("t", **said))
