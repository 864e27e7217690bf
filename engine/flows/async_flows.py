"""`engine.flows.flows` for asyncio: arguments, results and errors are the same."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from engine.asking.asking import WaitsLater
from engine.asking.async_job_handle import AsyncJobHandle
from engine.errors import EngineError, FlowEnded, ResultTimeout, StoreDown
from engine.flows import flow_calls, flow_record
from engine.flows.flow import Flow
from engine.flows.flow_calls import Submission
from engine.flows.flow_record import OVER, FlowInfo, FlowMember, FlowProgress, FlowState
from engine.flows.flows import folded, lasting, missing
from engine.jobs.new_job import NewJob


class AsyncFlows:
    """See `engine.flows.flows.Flows`."""

    def __init__(self, client: WaitsLater, outgoing: Callable[[NewJob], NewJob]) -> None:
        self._client = client
        self._outgoing = outgoing

    async def submit(self, flow: Flow) -> "AsyncFlowHandle":
        """Hands the flow over and starts it; see `Flows.submit`."""
        handing = Submission(flow, self._outgoing)
        try:
            await self._client.ask(flow_calls.submit(handing))
        except (StoreDown, FlowEnded):
            raise
        except EngineError:
            if handing.id:
                with suppress(EngineError):
                    await self.cancel(handing.id)
            raise
        return AsyncFlowHandle(self._client, handing.id, handing.ids)

    def get(self, flow: str) -> "AsyncFlowHandle":
        """A handle on a flow by its id; nothing is asked yet."""
        return AsyncFlowHandle(self._client, flow)

    async def list(self, limit: int = 50, offset: int = 0) -> "list[FlowInfo]":
        """Some flows, the newest first."""
        return await self._client.run(flow_calls.listing(limit, offset))

    async def find(self, flow: str) -> FlowInfo | None:
        """The flow; None when there is none, or none any more."""
        found = await self._client.ask(flow_calls.find(flow))
        return found[0] if found else None

    async def cancel(self, flow: str) -> bool:
        """What has not started never will, what runs is asked to stop; False: it is over, or there is none."""
        return await self._client.ask(flow_calls.stop(flow))


class AsyncFlowHandle:
    """A flow by its id; see `engine.flows.flows.FlowHandle`."""

    def __init__(self, client: WaitsLater, flow: str, ids: Mapping[str, str] | None = None) -> None:
        self._client = client
        self.id = flow
        self.ids = dict(ids or {})

    def __repr__(self) -> str:
        return f"AsyncFlowHandle({self.id!r})"

    async def fetch(self) -> FlowInfo:
        """The flow as it stands now; raises FlowNotFound."""
        return (await self._both())[0]

    async def members(self) -> list[FlowMember]:
        """Its members, parents before children; raises FlowNotFound."""
        return (await self._both())[1]

    async def job(self, name: str) -> AsyncJobHandle:
        """A handle on a member; raises KeyError when it has none of that name."""
        if name not in self.ids:
            self.ids.update((member.name, member.id) for member in await self.members())
        return AsyncJobHandle(self._client, self.ids[name])

    async def state(self) -> FlowState:
        """Where the whole is; raises FlowNotFound."""
        return (await self.fetch()).state

    async def progress(self) -> FlowProgress:
        """How many members have ended, and how many are in which state; raises FlowNotFound."""
        return flow_record.progress(*await self._both())

    async def cancel(self) -> bool:
        """What has not started never will, what runs is asked to stop; False: it is over."""
        return await self._client.ask(flow_calls.stop(self.id))

    async def wait(self, timeout: float = 60.0) -> FlowState:  # noqa: ASYNC109 - as in FlowHandle
        """Waits until the flow is over; raises as `FlowHandle.wait` does."""
        told = self.id in await self._client.ended([self.id], timeout)
        state = await self.state()
        if not told and state not in OVER:
            raise ResultTimeout(f"flow {self.id} is not over within {timeout} s; it goes on")
        return state

    async def result(self, timeout: float = 60.0) -> Any:  # noqa: ASYNC109 - as in FlowHandle
        """What its last member returned, of several {name: result}; raises as `FlowHandle.result` does."""
        await self.wait(timeout)
        last = lasting(*await self._both())
        found = await self._client.find_many([member.id for member in last])
        return folded({member.name: found[member.id].result for member in last})

    async def _both(self) -> tuple[FlowInfo, list[FlowMember]]:
        found = await self._client.ask(flow_calls.find(self.id))
        return found or missing(self.id)
