"""The body of `POST /tasks/batch`: which jobs there are, and what is wrong with which."""

import asyncio
import gc
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from engine import NewJob
from engine.errors import Conflict, PayloadError
from gateway.bodies import json_name, parse_object
from gateway.errors import ApiError, of_engine
from gateway.parameters import unknown_fields
from gateway.plain_submission import Asked, plain
from gateway.submission import submission

MOST = 10_000
"""Jobs in one batch."""

SLICE = 250
"""Jobs that are checked before other requests have their turn."""

TOLD = 20
"""Wrong jobs that an answer names."""


class Wrong(NamedTuple):
    """What is wrong with one job of a batch."""

    at: int
    error: str


class _Batch(msgspec.Struct, forbid_unknown_fields=True):
    tasks: list[msgspec.Raw]


_decode = msgspec.json.Decoder(_Batch).decode


async def batch(raw: bytes) -> list[Asked]:
    """The checked jobs, in order.

    Raises:
        ApiError: 400 or 422; it names the index of each wrong one.
    """
    parts = _parts(raw)
    asked: list[Asked] = []
    wrong: list[Wrong] = []
    for start in range(0, len(parts), SLICE):
        for index, part in enumerate(parts[start : start + SLICE], start):
            try:
                asked.append(plain(part) or submission(parse_object(bytes(part))))
            except ApiError as error:
                wrong.append(Wrong(index, error.message))
        await asyncio.sleep(0)
    refuse(wrong)
    return asked


def refuse(wrong: Sequence[Wrong]) -> None:
    """Refuse the whole batch when something is wrong with any of its jobs.

    Raises:
        ApiError: 422.
    """
    if wrong:
        more = f"; and {len(wrong) - TOLD} more" if len(wrong) > TOLD else ""
        said = "; ".join(f"tasks[{one.at}]: {one.error}" for one in wrong[:TOLD])
        raise ApiError(422, f"nothing was enqueued: {said}{more}", more={"errors": errors_view(wrong)})


def errors_view(wrong: Sequence[Wrong]) -> list[dict[str, Any]]:
    """The wrong ones as the HTTP interface shows them: the first of them."""
    return [{"index": one.at, "error": one.error} for one in wrong[:TOLD]]


def refused(error: Conflict) -> ApiError:
    """What is said when one job of a batch is refused, or the batch itself for its key; pure."""
    said = of_engine(error)
    if error.at is None:
        return said
    why = error.said("tasks")
    wrong = errors_view([Wrong(error.at, why.removeprefix(f"tasks[{error.at}]: "))])
    return ApiError(said.status, f"nothing was enqueued: {why}", said.headers, {"errors": wrong})


def unsound(jobs: Sequence[NewJob], check: Callable[[NewJob], None]) -> list[Wrong]:
    """Which of these the engine would not send, and why; `check` raises what is wrong with one."""
    wrong: list[Wrong] = []
    for index, job in enumerate(jobs):
        try:
            check(job)
        except (PayloadError, ValueError) as error:
            wrong.append(Wrong(index, str(error)))
    return wrong


def _parts(raw: bytes) -> list[msgspec.Raw]:
    """The jobs, unread.

    Raises:
        ApiError: 400, 422.
    """
    gc.disable()  # or it would look at hundreds of thousands of parts that nobody will have
    try:
        parts = _decode(raw).tasks
        count = len(parts)
        if not 1 <= count <= MOST:
            del parts
            raise ApiError(422, f"tasks: 1 to {MOST:,} jobs, not {count:,}")
        return parts
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _said(raw)
    finally:
        gc.enable()


def _said(raw: bytes) -> list[msgspec.Raw]:
    """What is wrong with a batch that is none; or the parts of one that is."""
    body = parse_object(raw)
    unknown_fields(body, ("tasks",))
    if "tasks" not in body:
        raise ApiError(422, "tasks: is required")
    raise ApiError(422, f"tasks: expected a list of jobs, not {json_name(body['tasks'])}")
