"""A flow of jobs as plain data: which jobs, and which waits for which. Nothing here speaks to a store.

flow = Flow("import")
fetched = flow.job("fetch", {"url": url})
parsed = fetched.then("parse", pass_results=True)
flow.job("mail-somebody", on_failure=[fetched, parsed])
client.flows.submit(flow)
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, Unpack

from engine.jobs.new_job import EnqueueOptions, NewJob

Policy = Literal["fail", "continue", "ignore", "wait"]
POLICIES = ("fail", "continue", "ignore", "wait")
ON_FAILURE = "on_failure"
MOST = 10_000  # members of one flow
LONGEST_NAME = 200  # characters


class FlowError(ValueError):
    """The flow makes no sense: a cycle, an unknown or doubled name, too many members. Nothing was sent."""


class FlowJob:
    """A member of a flow. Made by `Flow.job`; `parents`: name -> policy, in the order in which they were given."""

    __slots__ = ("flow", "job", "name", "parents", "pass_results")

    def __init__(self, flow: "Flow", name: str, job: NewJob, parents: Mapping[str, str], *, pass_results: bool) -> None:
        self.flow = flow
        self.name = name
        self.job = job
        self.parents = dict(parents)
        self.pass_results = pass_results

    def __repr__(self) -> str:
        return f"FlowJob({self.name!r})"

    def then(
        self,
        type: str,
        data: Any = None,
        *,
        name: str | None = None,
        if_failed: Policy = "fail",
        pass_results: bool = False,
        **options: Unpack[EnqueueOptions],
    ) -> "FlowJob":
        """A job that waits for this one; see `Flow.job`."""
        return self.flow.job(
            type, data, name=name, after=[self], if_failed=if_failed, pass_results=pass_results, **options
        )


Parent = FlowJob | str
Step = NewJob | tuple[str, Any] | str


class Group(Sequence[FlowJob]):
    """Members that wait for the same and for nothing of one another."""

    def __init__(self, members: Iterable[FlowJob]) -> None:
        self._members = tuple(members)

    def __getitem__(self, index: Any) -> Any:
        return self._members[index]

    def __len__(self) -> int:
        return len(self._members)

    def then(
        self,
        type: str,
        data: Any = None,
        *,
        name: str | None = None,
        if_failed: Policy = "fail",
        pass_results: bool = False,
        **options: Unpack[EnqueueOptions],
    ) -> FlowJob:
        """A job that waits for all of them (a chord); see `Flow.job`.

        Raises:
            FlowError: the group is empty.
        """
        if not self._members:
            raise FlowError("the group is empty: nothing would ever start what waits for it")
        flow = self._members[0].flow
        return flow.job(type, data, name=name, after=self, if_failed=if_failed, pass_results=pass_results, **options)


class Flow:
    """Jobs, and which waits for which.

    Args:
        name: what people call it; several flows may be called the same.
        keep: seconds for which the whole of it stays, records and results, once it is over.
    """

    def __init__(self, name: str = "flow", *, keep: float = 3600.0) -> None:
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            raise FlowError(f"a flow's name is 1 to {LONGEST_NAME} characters, not {name!r}")
        if not 0 < keep <= 366 * 86400:
            raise FlowError(f"keep is more than zero and at most a year, in seconds, not {keep!r}")
        self.name = name
        self.keep = keep
        self._jobs: dict[str, FlowJob] = {}
        self._numbers: dict[str, int] = {}  # of the members named by their types

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[FlowJob]:
        return iter(self._jobs.values())

    def job(
        self,
        type: str,
        data: Any = None,
        *,
        name: str | None = None,
        after: Parent | Iterable[Parent] | Mapping[Any, Policy] = (),
        if_failed: Policy = "fail",
        on_failure: Parent | Iterable[Parent] = (),
        pass_results: bool = False,
        **options: Unpack[EnqueueOptions],
    ) -> FlowJob:
        """A member. It starts when all it waits for has ended; a `delay` counts from then.

        Args:
            name: within the flow; left out, it is the type, with a number when that is taken.
            after: the members (or their names) it waits for; as a mapping, with a policy for each.
            if_failed: what becomes of it when one of those dies or is cancelled: "fail": it is cancelled. "continue":
                it runs, and sees the failure. "ignore": it runs, and does not see that parent. "wait": it waits until
                the dead letter is retried and completes.
            on_failure: members of which at least one must have failed; when all went well it is cancelled ("skipped").
            pass_results: the parents' results are its payload: of one parent as it is, of several as one list.

        Raises:
            FlowError: it makes no sense.
        """
        if pass_results and data is not None:
            raise FlowError(
                f"{name or type}: pass_results puts the parents' results in place of data; give one of them"
            )
        parents = self._edges(after, if_failed)
        for parent in self._own(on_failure):
            if _called(parent) in parents:
                raise FlowError(f"{name or type}: {_called(parent)!r} is in after and in on_failure")
            parents[_called(parent)] = ON_FAILURE
        if pass_results and not parents:
            raise FlowError(f"{name or type}: pass_results, but it waits for nothing")
        if len(self._jobs) == MOST:
            raise FlowError(f"a flow has at most {MOST} members")
        member = FlowJob(
            self, self._name(name, type), NewJob(type, data, **options), parents, pass_results=pass_results
        )
        self._jobs[member.name] = member
        return member

    def chain(self, *steps: Step, after: Parent | Iterable[Parent] = ()) -> FlowJob:
        """Each step waits for the one before; a step without data is given that one's result. Returns the last.

        Raises:
            FlowError: there are no steps.
        """
        last: FlowJob | None = None
        for step in steps:
            waits = _each(after) if last is None else [last]
            last = self._step(step, waits, pass_results=last is not None)
        if last is None:
            raise FlowError("a chain of no steps")
        return last

    def group(self, *steps: Step, after: Parent | Iterable[Parent] = ()) -> Group:
        """The steps wait for `after` and not for one another; `.then(...)` waits for all of them."""
        waits = _each(after)
        return Group([self._step(step, waits, pass_results=False) for step in steps])

    def sinks(self) -> list[FlowJob]:
        """The members that nothing waits for, but for those that only run when something failed."""
        awaited = {name for member in self for name, policy in member.parents.items() if policy != ON_FAILURE}
        return [m for m in self if m.name not in awaited and ON_FAILURE not in m.parents.values()]

    def ordered(self) -> list[FlowJob]:
        """The members, parents before children.

        Raises:
            FlowError: a cycle, an unknown name, or no members at all.
        """
        if not self._jobs:
            raise FlowError("the flow has no members")
        children: dict[str, list[str]] = {name: [] for name in self._jobs}
        waits: dict[str, int] = {}
        for member in self:
            waits[member.name] = len(member.parents)
            for parent in member.parents:
                if parent not in children:
                    raise FlowError(f"{member.name} waits for {parent!r}, which is no member of the flow")
                children[parent].append(member.name)
        order = [name for name, count in waits.items() if not count]
        for name in order:
            for child in children[name]:
                waits[child] -= 1
                if not waits[child]:
                    order.append(child)
        if len(order) < len(self._jobs):
            stuck = [name for name, count in waits.items() if count]
            raise FlowError(f"these wait for one another in a circle: {', '.join(stuck[:10])}")
        return [self._jobs[name] for name in order]

    def _own(self, parents: Parent | Iterable[Parent]) -> list[Parent]:
        for parent in (given := _each(parents)):
            if isinstance(parent, FlowJob) and parent.flow is not self:
                raise FlowError(f"{parent.name!r} is a member of another flow")
        return given

    def _edges(self, after: Parent | Iterable[Parent] | Mapping[Any, Policy], if_failed: Policy) -> dict[str, str]:
        given = after if isinstance(after, Mapping) else dict.fromkeys(_each(after), if_failed)
        self._own(given)
        for parent, policy in given.items():
            if policy not in POLICIES:
                raise FlowError(f"{_called(parent)}: no policy {policy!r}; there are {', '.join(POLICIES)}")
        return {_called(parent): policy for parent, policy in given.items()}

    def _step(self, step: Step, after: Iterable[Parent], *, pass_results: bool) -> FlowJob:
        job = step if isinstance(step, NewJob) else NewJob(step) if isinstance(step, str) else NewJob(*step)
        member = self.job(job.type, after=after)
        member.job = job
        member.pass_results = pass_results and job.data is None
        return member

    def _name(self, name: str | None, type: str) -> str:
        if name is None:
            n = self._numbers.get(type, 0) + 1
            while (name := type if n == 1 else f"{type}-{n}") in self._jobs:
                n += 1
            self._numbers[type] = n
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
            raise FlowError(f"{name!r} cannot be a member's name: 1 to {LONGEST_NAME} printable characters")
        if name in self._jobs:
            raise FlowError(f"two members are named {name!r}")
        return name


def _each(parents: Parent | Iterable[Parent]) -> list[Parent]:
    return [parents] if isinstance(parents, FlowJob | str) else list(parents)


def _called(parent: Parent) -> str:
    return parent.name if isinstance(parent, FlowJob) else parent


def chain(*steps: Step, name: str = "chain", keep: float = 3600.0) -> Flow:
    """A flow of steps one after another; see `Flow.chain`."""
    flow = Flow(name, keep=keep)
    flow.chain(*steps)
    return flow


def group(*steps: Step, name: str = "group", keep: float = 3600.0) -> Flow:
    """A flow of steps side by side."""
    flow = Flow(name, keep=keep)
    flow.group(*steps)
    return flow


def chord(members: Flow, callback: Step, *, if_failed: Policy = "fail") -> Flow:
    """The flow, with a callback that runs once when all its last members have ended; without data of its own it is
    given their results as one list. Returns the same flow.
    """
    job = (
        callback
        if isinstance(callback, NewJob)
        else NewJob(callback)
        if isinstance(callback, str)
        else NewJob(*callback)
    )
    last = members.job(job.type, after=members.sinks(), if_failed=if_failed)
    last.job = job
    last.pass_results = job.data is None
    return members
