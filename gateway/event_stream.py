"""An answer that goes on for as long as a job lives."""

import asyncio
import contextlib
from typing import Any

from fastapi import Response
from starlette.types import Receive, Scope, Send

from gateway.life import Position, has_ended, new, written
from gateway.streams import Streams

HEARTBEAT = 15.0
"""Seconds after which a comment says that the stream is alive."""

BEAT = b": still here\n\n"
RETRY = b"retry: 2000\n\n"
"""Milliseconds after which a client that was cut comes back."""


class EventStream(Response):
    """The events of one job, from a position on; ends with the job, with the client or with the gateway.

    Args:
        streams: where the job is followed.
        job_id: the job.
        at: how much of its life the client knows.
        heartbeat: seconds between two signs of life.
    """

    media_type = "text/event-stream"

    def __init__(self, streams: Streams, job_id: str, at: Position, heartbeat: float = HEARTBEAT) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._streams = streams
        self._job_id = job_id
        self._at = at
        self._heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - as ASGI has it
        """Tell the client until there is nothing more to tell."""
        telling = asyncio.ensure_future(self._tell(send))
        leaving = asyncio.ensure_future(_until_gone(receive))
        try:
            await asyncio.wait((telling, leaving), return_when=asyncio.FIRST_COMPLETED)
            if telling.done():
                await telling
        finally:
            for one in (telling, leaving):
                one.cancel()
                with contextlib.suppress(asyncio.CancelledError, Exception):
                    await one

    async def _tell(self, send: Send) -> None:
        async with self._streams.place():
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": RETRY, "more_body": True})
            at, progress = self._at, None
            async with contextlib.aclosing(self._streams.follow(self._job_id, self._heartbeat)) as life:
                async for seen in life:
                    text = BEAT
                    if seen is not None:
                        told = list(new(seen, at, progress))
                        at, progress = (told[-1].position if told else at), seen.job.progress
                        text = b"".join(map(written, told))
                    if text:
                        await send({"type": "http.response.body", "body": text, "more_body": True})
                    if seen is not None and has_ended(seen.job):
                        break
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _until_gone(receive: Receive) -> Any:
    while (await receive())["type"] != "http.disconnect":
        pass
