"""Flows in the store: hand one over, look at it, wait for it, cancel it. `client.flows`."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, NoReturn

from engine.asking.asking import Waits
from engine.asking.job_handle import JobHandle
from engine.errors import EngineError, FlowEnded, FlowFailed, FlowNotFound, ResultTimeout, StoreDown
from engine.flows import flow_calls, flow_record
from engine.flows.flow import Flow
from engine.flows.flow_calls import Submission
from engine.flows.flow_record import OVER, FlowInfo, FlowMember, FlowProgress, FlowState
from engine.jobs.new_job import NewJob
from engine.jobs.states import JobState


class Flows:
    """See the methods; all raise StoreDown when the store is away. `outgoing`: what the client does to each new job."""

    def __init__(self, client: Waits, outgoing: Callable[[NewJob], NewJob]) -> None:
        self._client = client
        self._outgoing = outgoing

    def submit(self, flow: Flow) -> "FlowHandle":
        """Hands the flow over and starts it. Once this returned, every member ends, whatever process dies.

        A producer that dies on the way leaves nothing running: what it had handed over is cancelled after five minutes.

        Raises:
            FlowError, PayloadError, ValueError: it makes no sense; nothing was sent. QueueFull, StoreFull: not now.
        """
        handing = Submission(flow, self._outgoing)
        try:
            self._client.ask(flow_calls.submit(handing))
        except (StoreDown, FlowEnded):
            raise
        except EngineError:
            if handing.id:
                with suppress(EngineError):
                    self.cancel(handing.id)
            raise
        return FlowHandle(self._client, handing.id, handing.ids)

    def get(self, flow: str) -> "FlowHandle":
        """A handle on a flow by its id; nothing is asked yet."""
        return FlowHandle(self._client, flow)

    def list(self, limit: int = 50, offset: int = 0) -> "list[FlowInfo]":
        """Some flows, the newest first."""
        return self._client.run(flow_calls.listing(limit, offset))

    def find(self, flow: str) -> FlowInfo | None:
        """The flow; None when there is none, or none any more."""
        found = self._client.ask(flow_calls.find(flow))
        return found[0] if found else None

    def cancel(self, flow: str) -> bool:
        """What has not started never will, what runs is asked to stop; False: it is over, or there is none."""
        return self._client.ask(flow_calls.stop(flow))


class FlowHandle:
    """A flow by its id. `ids`: name -> job id, of a flow that this process has submitted; else see `members`."""

    def __init__(self, client: Waits, flow: str, ids: Mapping[str, str] | None = None) -> None:
        self._client = client
        self.id = flow
        self.ids = dict(ids or {})

    def __repr__(self) -> str:
        return f"FlowHandle({self.id!r})"

    def fetch(self) -> FlowInfo:
        """The flow as it stands now; raises FlowNotFound."""
        return self._both()[0]

    def members(self) -> list[FlowMember]:
        """Its members, parents before children; raises FlowNotFound."""
        return self._both()[1]

    def job(self, name: str) -> JobHandle:
        """A handle on a member.

        Raises:
            KeyError: it has no member of that name.
        """
        if name not in self.ids:
            self.ids.update((member.name, member.id) for member in self.members())
        return JobHandle(self._client, self.ids[name])

    def state(self) -> FlowState:
        """Where the whole is; raises FlowNotFound."""
        return self.fetch().state

    def progress(self) -> FlowProgress:
        """How many members have ended, and how many are in which state; raises FlowNotFound."""
        return flow_record.progress(*self._both())

    def cancel(self) -> bool:
        """What has not started never will, what runs is asked to stop; False: it is over."""
        return self._client.ask(flow_calls.stop(self.id))

    def wait(self, timeout: float = 60.0) -> FlowState:
        """Waits until the flow is over, told by the store; its state then.

        Raises:
            ResultTimeout: it is not over within `timeout` seconds. FlowNotFound.
        """
        told = self.id in self._client.ended([self.id], timeout)
        state = self.state()
        if not told and state not in OVER:
            raise ResultTimeout(f"flow {self.id} is not over within {timeout} s; it goes on")
        return state

    def result(self, timeout: float = 60.0) -> Any:
        """What its last member returned; of several last members {name: result}. Waits for the whole.

        Raises:
            FlowFailed: a last member did not complete. ResultTimeout: not over yet. FlowNotFound.
        """
        self.wait(timeout)
        last = lasting(*self._both())
        found = self._client.find_many([member.id for member in last])
        return folded({member.name: found[member.id].result for member in last})

    def _both(self) -> tuple[FlowInfo, list[FlowMember]]:
        found = self._client.ask(flow_calls.find(self.id))
        return found or missing(self.id)


def missing(flow: str) -> NoReturn:
    """Raises FlowNotFound."""
    raise FlowNotFound(f"there is no flow {flow!r}, or it was over long ago")


def lasting(info: FlowInfo, members: list[FlowMember]) -> list[FlowMember]:
    """The members whose results are the flow's.

    Raises:
        FlowFailed: one of them did not complete.
    """
    last = [member for member in members if member.last and not member.skipped]
    if any(member.state != JobState.COMPLETED for member in last):
        bad = [m.name for m in members if m.state in (JobState.DEAD, JobState.CANCELLED) and not m.skipped]
        raise FlowFailed(info.id, info.state, bad)
    return last


def folded(results: dict[str, Any]) -> Any:
    """The one result, or all of them by name."""
    return next(iter(results.values())) if len(results) == 1 else results
