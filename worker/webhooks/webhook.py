"""The task that sends webhooks: `herdsman.webhook`, known to every worker. Its jobs are made in the store, by the
script that ends the job reported on (part `hook`) or notices too many dead letters (`alarm`).
"""

import json
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from config import namespace
from config.schema import Config
from config.version import __version__
from engine.asking.peek import read_error
from engine.entrance.webhook import TYPE, Target, url
from engine.errors import PayloadError
from engine.payloads import payload
from engine.payloads.codec import PLAIN, Codec
from worker.run.context import current_job
from worker.run.packing import codec_of
from worker.run.wishes import Retry
from worker.tasks.registry import Registry, make_task, tasks
from worker.webhooks.signature import signed
from worker.webhooks.undelivered import Gone, Refused, Undelivered

log = logging.getLogger(__name__)
LONGEST_AFTER = 86400.0  # s that a receiver may ask us to wait
_GRACE = 5.0  # s over the sender's own time limit
_GONE, _SLOW_DOWN = 410, (429, 503)
_SHOWN = 2000  # characters of what JSON has no form for


class Webhooks:
    """Sends what the jobs say, by the config's rules."""

    def __init__(self, config: Config) -> None:
        self._settings = config.webhooks
        self._codec = codec_of(config)
        self._source = namespace(config).replace(".", "-")  # the scheme allows no full stop in an id

    async def deliver(self, event: str, at: int, target: Target, data: dict[str, Any]) -> None:
        """One attempt.

        Args:
            event: `job.completed`, `job.dead`, `job.cancelled`, `dlq.threshold` or `dlq.new_group`.
            at: when that happened, ms since the epoch, by the store's clock.

        Raises:
            Undelivered, Retry: another attempt may help. Gone, Refused: none will.
        """
        from worker.webhooks.sending import Gate, post  # few workers send any, and TLS takes memory

        try:
            url(target.url)  # who edits a dead letter's payload may write anything
        except ValueError as error:
            raise Refused(str(error)) from None
        job, settings = current_job(), self._settings
        body = message(event, at, data, self._codec)
        headers = {
            "User-Agent": f"herdsman/{__version__}",
            "Content-Type": "application/json",
            **target.headers,
            # Stable over retries, crashes and replays: the job is the same one.
            **signed(settings.secrets, f"{self._source}_{job.id}", int(time.time()), body),
        }
        gate = Gate(private=settings.allow_private, plain=settings.allow_http)
        answer = await post(target.url, headers, body, gate=gate, timeout=settings.timeout)
        host = urlsplit(target.url).hostname
        if 200 <= answer.status < 300:  # noqa: PLR2004 - the statuses that mean success
            log.info("webhook %s (%s) was taken by %s", job.id, event, host)
            return
        said = f"{host} answered {answer.status}"
        if answer.status == _GONE:
            raise Gone(said)
        if answer.status in _SLOW_DOWN and (after := wait_of(answer.retry_after, time.time())) is not None:
            raise Retry(after, said)
        raise Undelivered(said)


def install(config: Config, registry: Registry = tasks) -> None:
    """Make the task known to this process and to those forked from it."""
    settings = config.webhooks
    wait = settings.backoff
    waits = [min(wait.max, wait.base * wait.factor**n) for n in range(min(settings.retries, 100))]
    registry.add(
        make_task(
            TYPE,
            Webhooks(config).deliver,
            queue=settings.queue or "default",
            timeout=settings.timeout + _GRACE,
            retries=settings.retries,
            backoff=waits or None,
            give_up_on=(Gone, Refused),
            traits={"queue": settings.queue} if settings.queue else {},
        )
    )


def message(event: str, at: int, data: Mapping[str, Any], codec: Codec = PLAIN) -> bytes:
    """The body: the same in every attempt. Result and error, which the store has as bytes, are read here."""
    told = dict(data)
    if event.startswith("job."):
        told["started_at"] = _moment(told.pop("started", None))
        told["error"] = _error(told)
        told["result"] = _result(told.get("result"), told["type"], codec)
    body = {"type": event, "timestamp": _moment(at), "data": told}
    try:
        return msgspec.json.encode(body)
    except (TypeError, ValueError, OverflowError, RecursionError):
        # A result may hold what JSON cannot say; the ending is worth telling all the same.
        body["data"] = {**told, "result": {"undisplayable": repr(told.get("result"))[:_SHOWN]}}
        return json.dumps(body, default=str).encode()


def wait_of(text: str | None, now: float) -> float | None:
    """Seconds that a Retry-After asks for, None when it asks for nothing that makes sense."""
    if text is None:
        return None
    if text.isascii() and text.isdigit() and len(text) < 10:  # noqa: PLR2004 - 30 years
        return min(float(text), LONGEST_AFTER)
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return min(max(0.0, moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() - now), LONGEST_AFTER)


def _moment(ms: Any) -> str | None:
    if ms is None:
        return None
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _error(told: dict[str, Any]) -> Any:
    fields = {"s": told["state"], "c": str(told["crashes"]).encode()}
    for name, letter in (("error", "e"), ("cause", "k")):
        if (value := told.pop(name, None)) is not None:
            fields[letter] = value
    error = read_error(fields)
    return None if error is None else msgspec.structs.asdict(error)


def _result(data: Any, type: str, codec: Codec) -> Any:
    if not isinstance(data, bytes):
        return data
    try:
        return payload.decode(codec.unpack(data, type, "result"))
    except PayloadError as error:
        return {"undisplayable": str(error)}
