"""What is asked of the store about flows, as calls and questions: no input or output here."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from engine import durations
from engine.asking.peek import read_error, shown
from engine.entrance.enqueue import options, where
from engine.entrance.guards import is_guarded
from engine.entrance.submit import strings
from engine.errors import FlowEnded, LeaseLost, QueueFull
from engine.flows.flow import MOST, ON_FAILURE, Flow, FlowJob
from engine.flows.flow_record import FlowInfo, FlowMember, FlowState
from engine.jobs.job import JobError
from engine.jobs.new_job import NewJob
from engine.jobs.states import JobState
from engine.payloads import payload
from engine.store import keys
from engine.store.calls import Call, text
from engine.store.question import Question
from engine.tracing import tracing

CHUNK = 500  # members in one script
CHUNK_BYTES = 4 << 20
OPEN_FOR = 300.0  # seconds that a producer has for handing over all chunks
LIMIT = 200  # members that one script cancels
PAGE = 500  # members read in one script
RESULTS = 100  # parents read in one script


class Submission:
    """How far handing over a flow has come: filled in on the way. outgoing: what the client does to each job."""

    def __init__(self, flow: Flow, outgoing: Callable[[NewJob], NewJob] | None = None) -> None:
        self.flow = flow
        self.outgoing = outgoing or (lambda job: job)
        self.id = ""
        self.ids: dict[str, str] = {}  # name -> job


def submit(handing: Submission) -> Question[None]:
    """Hands the flow over, at most `CHUNK` members in a script; it starts with the last one.

    Raises:
        FlowError, PayloadError, ValueError: it is not sound; nothing is sent.
    """
    members = handing.flow.ordered()
    with tracing.shipping([handing.outgoing(member.job) for member in members], handing.flow.name) as shipment:
        yield from _hand_over(handing, members, shipment.jobs)
        shipment.sent([handing.id])
    if len(members) > LIMIT:
        yield from proceed()  # what is left over need not wait for a janitor


def _hand_over(handing: Submission, members: Sequence[FlowJob], jobs: Sequence[NewJob]) -> Question[None]:
    flow = handing.flow
    sinks = {member.name for member in flow.sinks()}
    packed = [(m, _packed(m, job, m.name in sinks)) for m, job in zip(members, jobs, strict=True)]
    chunks = _chunks(packed)
    for n, chunk in enumerate(chunks):
        names = {member.name: f"#{i}" for i, (member, _) in enumerate(chunk, 1)}
        args: list[Any] = [handing.id, flow.name, _ms(flow.keep), _ms(OPEN_FOR), int(n == len(chunks) - 1), len(chunk)]
        for member, row in chunk:
            args += [*row, len(member.parents)]
            for parent, policy in member.parents.items():
                args += [policy, names.get(parent) or handing.ids[parent]]
        made = yield Call("flow", args, _made, remembered=True)
        handing.id = made[0]
        handing.ids.update(zip((member.name for member, _ in chunk), made[1:], strict=True))


def _chunks(packed: list[tuple[FlowJob, list[Any]]]) -> list[list[tuple[FlowJob, list[Any]]]]:
    chunks: list[list[tuple[FlowJob, list[Any]]]] = [[]]
    size = 0
    for member, row in packed:
        size += len(row[3])
        if chunks[-1] and (len(chunks[-1]) == CHUNK or size > CHUNK_BYTES):
            chunks.append([])
            size = len(row[3])
        chunks[-1].append((member, row))
    return chunks


def _packed(member: FlowJob, job: NewJob, sink: bool) -> list[Any]:
    fields = {"fn": member.name}
    if sink:
        fields["fz"] = "1"
    if ON_FAILURE in member.parents.values():
        fields["fo"] = "0"
    *head, when = wire(job, pass_results=member.pass_results)
    if when:
        fields["fw"] = when
    row: list[Any] = [*head, member.name]
    return [*row, *counted({**fields, **marked(job)})]


def wire(job: NewJob, *, pass_results: bool = False) -> list[Any]:
    """Queue, type, where, payload, options and when, as the scripts take them.

    Raises:
        PayloadError, ValueError: the job is not sound.
    """
    if is_guarded(job):
        raise ValueError(f"a member of a flow ({job.type}) cannot be unique, fresh or have an idempotency key")
    queue = keys.name(job.queue, "queue") if job.queue is not None else ""
    said = options(job)
    if pass_results:
        said = payload.encode_options(payload.decode_options(said).passing())
    row: list[Any] = [queue, keys.name(job.type, "task"), where(job), payload.encode(job.data), said]
    return [*row, durations.when(job.delay, job.run_at)]


def marked(job: NewJob) -> dict[str, bytes]:
    """What hangs on a member: its flow, and whatever hangs on it besides."""
    also = strings(job)
    return {**also, "x": also.get("x", b"") + b"f"}


def counted(fields: dict[str, Any]) -> list[Any]:
    """Fields of a record as the script takes them: their number, then name, value, …"""
    return [len(fields), *(part for pair in fields.items() for part in pair)]


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))


def _made(reply: Any) -> list[str]:
    if isinstance(reply, list):
        why = text(reply[0])
        if why == "full":
            raise QueueFull(text(reply[1]), int(reply[2]))
        raise FlowEnded("the flow was cancelled, or was not handed over in time")
    return text(reply).split(" ")


def proceed(limit: int = LIMIT, rounds: int = 100) -> Question[int]:
    """Does what flows have left to do, for a number of rounds; how many things were done."""
    done = 0
    for _ in range(rounds):
        part: tuple[int, bool] = yield step(limit)
        done += part[0]
        if not part[1]:
            break
    return done


def step(limit: int = LIMIT) -> Call[tuple[int, bool]]:
    """One round of it: how many things were done, and whether more is left."""
    return Call("proceed", [limit], lambda reply: (int(reply[0]), bool(reply[1])))


def stop(flow: str) -> Question[bool]:
    """Cancels the flow; whether it ends as cancelled."""
    while True:
        part: tuple[bool, bool] = yield Call("stop", [flow, LIMIT], lambda reply: (bool(reply[0]), bool(reply[1])))
        if not part[1]:
            return part[0]


class Spawned(NamedTuple):
    """A job that a running one added."""

    flow: str
    id: str


def spawn(lease: str, parent_type: str, name: str, job: NewJob, keep: float = 3600.0) -> Call[Spawned]:
    """Adds a job to the flow of the one that runs under this lease.

    Raises:
        PayloadError, ValueError: the job is not sound; nothing is sent.
    """
    args = [lease, name, _ms(keep), MOST, *wire(job), parent_type]
    args += counted(marked(job))[1:]
    return Call("spawn", args, lambda reply: _spawned(reply, lease), remembered=True)


def _spawned(reply: Any, lease: str) -> Spawned:
    if not isinstance(reply, list):
        return Spawned(*text(reply).split(" "))
    why = text(reply[0])
    if why == "full":
        raise QueueFull(text(reply[1]), int(reply[2]))
    if why in ("lost", "late"):
        raise LeaseLost(f"the lease {lease} is not held any more; no job was added")
    if why == "taken":
        raise ValueError(f"the member {text(reply[1])!r} is of another type; give another name")
    if why == "large":
        raise ValueError(f"a flow has at most {MOST} members")
    raise FlowEnded("the flow was cancelled; no job was added")


def listing(limit: int, offset: int) -> Call[list[FlowInfo]]:
    """Some flows, the newest first."""
    return Call("flows", [offset, limit], lambda reply: [_info(text(row[0]), *row[1:4]) for row in reply])


def find(flow: str) -> Question[tuple[FlowInfo, list[FlowMember]] | None]:
    """A flow with its members, by id; None when there is none, or none any more."""
    cursor, members = "0", dict[str, FlowMember]()
    while True:
        reply = yield Call("members", [flow, cursor, PAGE], list)
        if not reply:
            return None
        members.update((member.id, member) for member in map(_member, reply[4]))
        cursor = text(reply[0])
        if cursor == "0":
            break
    order = sorted(members, key=lambda job: (keys.place(job) or keys.Place(0, 0, 0))[1:])
    return _info(flow, reply[1], reply[2], reply[3]), [members[job] for job in order]


def _info(flow: str, members: Any, ended: Any, row: Sequence[Any]) -> FlowInfo:
    fields = {text(row[i]): text(row[i + 1]) for i in range(0, len(row), 2)}
    over = fields.get("ended")
    return FlowInfo(
        id=flow,
        name=fields.get("name", ""),
        state=FlowState(fields["state"]),
        created_at=int(fields["made"]) / 1000,
        ended_at=int(over) / 1000 if over else None,
        total=int(members),
        done=int(ended),
        stopped=fields.get("stop"),
    )


def _member(row: Sequence[Any]) -> FlowMember:
    name, job, ended, state, held, kind, parents, why, spawner, sink = row
    how, pairs = text(ended), text(parents).split()
    real = JobState.CANCELLED if how == "skipped" else JobState(how or text(state) or JobState.COMPLETED)
    return FlowMember(
        name=text(name),
        id=text(job),
        type=text(kind),
        state=real,
        waiting=bool(held),
        skipped=how == "skipped",
        parents=dict(zip(pairs[1::2], pairs[::2], strict=True)),
        reason=text(why) or None,
        spawned_by=text(spawner) or None,
        last=text(sink) == "1",
    )


class Parent(NamedTuple):
    """What became of a job that another waited for. `outcome`: its result, or a JobError."""

    name: str
    id: str
    policy: str
    ended: str
    outcome: Any
    type: str


def parents(job: str) -> Question[list[Parent]]:
    """What became of those that a member of a flow waited for, in the order in which they were given."""
    found: list[Parent] = []
    while True:
        rows = yield Call("parents", [job, len(found), RESULTS], list)
        found += [_parent(row) for row in rows]
        if len(rows) < RESULTS:
            return found


def _parent(row: Sequence[Any]) -> Parent:
    policy, job, how = map(text, row[:3])
    fields = {text(row[i]): row[i + 1] for i in range(3, len(row) - 1, 2)}
    outcome = shown(fields.get("r")) if how == JobState.COMPLETED else read_error(fields) or _cut(how)
    return Parent(text(fields.get("fn", job)), job, policy, how, outcome, text(fields.get("t", "")))


def _cut(how: str) -> JobError:
    kind = {"skipped": "Skipped", "dead": "Forgotten"}.get(how, "Cancelled")
    return JobError(type=kind, message=f"it ended as {how or 'unknown'}", cause=how or "unknown")
