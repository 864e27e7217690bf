"""Jobs of which little is said, decoded and checked in one pass: nearly all of them, and much faster.

Whatever does not pass here, wrong or only rare, is looked at by `gateway.submission`, which knows every field and says
what is wrong. What passes here would pass there and mean the same.
"""

from typing import Annotated, Any, Literal

import msgspec

from engine import NewJob
from gateway.bodies import MAX_DEPTH
from gateway.submission import KEEP, OURS, Submission

_Count = Annotated[int, msgspec.Meta(ge=0, le=1000)]
_Label = Annotated[str, msgspec.Meta(pattern=r"\A[^\x00-\x1f\x7f-\x9f]{1,128}\Z")]


class PlainSubmission(msgspec.Struct, forbid_unknown_fields=True, frozen=True, gc=False):
    """One job to submit; the fields are those of `Submission`."""

    type: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    data: Any = None
    queue: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}\Z")] | None = None
    retries: _Count | None = None
    priority: Literal["high", "normal", "low"] | None = None
    tenant: _Label | None = None
    limit_key: _Label | None = None
    durable: bool = False
    accept_unknown: bool = False

    is_scheduled = False

    def job(self) -> NewJob:
        """What the engine is asked to enqueue."""
        return NewJob(
            self.type,
            self.data,
            self.queue,
            retries=self.retries,
            keep=KEEP,
            priority=self.priority,
            tenant=self.tenant,
            limit_key=self.limit_key,
        )


Asked = PlainSubmission | Submission
"""What a client asked for, whichever way it was read."""

_decode = msgspec.json.Decoder(PlainSubmission).decode


def plain(raw: bytes | msgspec.Raw) -> PlainSubmission | None:
    """The job in these bytes, None when they are to be looked at closely; pure."""
    text = bytes(raw) if isinstance(raw, msgspec.Raw) else raw
    if text.count(b"[") + text.count(b"{") > MAX_DEPTH:
        return None
    try:
        found = _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return None if found.type.startswith(OURS) else found
