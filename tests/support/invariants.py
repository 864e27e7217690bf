"""What must hold in the store at any moment, whatever was killed: looked at from outside the scripts."""

from typing import Any

from engine.store import keys
from tests.support.snapshot import snapshot

APART = 1_000_000  # lanes from this number on are lanes apart


class Places:
    """Where every job of a namespace stands, at one moment."""

    def __init__(self, client: Any, namespace: str = "default") -> None:
        base = keys.base(namespace)
        client = snapshot(client)
        self.client, self.base = client, base
        names = {k.decode(): v.decode() for k, v in client.hgetall(f"{base}:names").items()}
        self.names = names
        self.marks = {k.decode(): v.decode() for k, v in client.hgetall(f"{base}:marks").items()}
        self.processing = [m.decode() for m in client.zrange(f"{base}:processing", 0, -1)]
        self.scheduled = [m.decode() for m in client.zrange(f"{base}:scheduled", 0, -1)]
        self.finished = [m.decode() for m in client.zrange(f"{base}:finished", 0, -1)]
        self.dead = [m.decode() for q in set(names.values()) for m in client.zrange(f"{base}:dead:{q}", 0, -1)]
        self.head = {lane: [m.decode() for m in client.lrange(f"{base}:head:{lane}", 0, -1)] for lane in names}
        self.streams = {lane: client.xrange(f"{base}:lane:{lane}") for lane in names}
        self.records = [k.decode().rpartition(":")[2] for k in client.scan_iter(f"{base}:job:*")]

    def pending(self) -> list[str]:
        """Ids that a claim would find: given back, or behind a cursor."""
        return [job for ids in self.pending_by_lane().values() for job in ids]

    def pending_by_lane(self) -> dict[str, list[str]]:
        """The same lane by lane, in the order in which a claim takes them."""
        found = {}
        for lane, rows in self.streams.items():
            cursor = _entry(self.marks.get(f"c{lane}", "0-0"))
            found[lane] = self.head[lane] + [
                fields[b"ref"].decode() if b"ref" in fields else f"{lane}-{entry.decode()}"
                for entry, fields in rows
                if _entry(entry.decode()) > cursor
            ]
        return found

    def waiting(self, lane: str) -> int:
        """How many jobs are pending in a lane."""
        cursor = _entry(self.marks.get(f"c{lane}", "0-0"))
        return len(self.head[lane]) + sum(_entry(entry.decode()) > cursor for entry, _ in self.streams[lane])

    def bodies(self) -> list[str]:
        """Ids whose body stands in a stream."""
        return [
            f"{lane}-{entry.decode()}"
            for lane, rows in self.streams.items()
            for entry, fields in rows
            if b"ref" not in fields
        ]


def _entry(text: str) -> tuple[int, int]:
    ms, _, seq = text.partition("-")
    return int(ms), int(seq)


def broken(client: Any, namespace: str = "default") -> list[str]:
    """Every invariant that does not hold, as a sentence; empty when all is well."""
    client = snapshot(client)
    at = Places(client, namespace)
    running = [lease.partition("/")[0] for lease in at.processing]
    where = {
        "pending": at.pending(),
        "scheduled": at.scheduled,
        "processing": running,
        "dead": at.dead,
        "finished": at.finished,
    }
    said = []
    seen: dict[str, str] = {}
    for place, ids in where.items():
        for job in ids:
            if job in seen:
                said.append(f"{job} is in {seen[job]} and in {place}")
            seen[job] = place
    asked = {member.decode() for member in client.zrange(f"{at.base}:cancels", 0, -1)}
    said += [f"{job} was asked to stop and does not run" for job in asked - set(running)]
    bodies = at.bodies()
    said += [f"{job} has two bodies" for job in set(bodies) & set(at.records)]
    said += [f"{job} has a body and no place" for job in {*bodies, *at.records} - set(seen)]
    lost = set(where["pending"] + where["scheduled"] + running + where["dead"]) - set(bodies) - set(at.records)
    said += [f"{job} is {seen[job]} and has no body" for job in lost]
    said += _broken_flows(client, at)
    for lane in at.names:
        cursor = _entry(at.marks.get(f"c{lane}", "0-0"))
        passed = sum(_entry(entry.decode()) <= cursor for entry, _ in at.streams[lane])
        if passed != int(at.marks.get(f"p{lane}", 0)):
            said.append(f"lane {lane}: {passed} entries passed, the mark says {at.marks.get(f'p{lane}', 0)}")
        scheduled = sum(job.startswith(f"{lane}-") for job in at.scheduled)
        if scheduled != int(at.marks.get(f"s{lane}", 0)):
            said.append(f"lane {lane}: {scheduled} scheduled, the mark says {at.marks.get(f's{lane}', 0)}")
    return said + lanes_apart(at)


def lanes_apart(at: Places) -> list[str]:
    """What does not hold of lanes of tenants, priorities and limited types (docs/lanes.md)."""
    said = []
    backlog = {q.decode(): int(n) for q, n in at.client.hgetall(f"{at.base}:backlog").items()}
    held = {lane.decode() for lane in at.client.zrange(f"{at.base}:held", 0, -1)}
    parked = {lane.decode() for lane in at.client.zrange(f"{at.base}:parked", 0, -1)}
    for queue in {*at.names.values()}:
        states = {lane.decode(): s.decode() for lane, s in at.client.hgetall(f"{at.base}:state:{queue}").items()}
        rings = [m.decode() for r in ("high", "ring", "low") for m in at.client.lrange(f"{at.base}:{r}:{queue}", 0, -1)]
        full = {lane: at.waiting(lane) for lane, of in at.names.items() if of == queue and int(lane) >= APART}
        if sum(full.values()) != backlog.get(queue, 0):
            said.append(f"{queue}: {sum(full.values())} pending in lanes apart, backlog says {backlog.get(queue, 0)}")
        said += [f"lane {lane} has {n} jobs and no state" for lane, n in full.items() if n and lane not in states]
        for lane, state in states.items():
            places = {"ring": rings.count(lane), "held": lane in held, "parked": lane in parked}
            if any(bool(there) != (kind == state) for kind, there in places.items()) or places["ring"] > 1:
                said.append(f"lane {lane} is said to be {state}, and is in {places}")
    holding = {lease.decode() for lease in at.client.hkeys(f"{at.base}:holding")}
    said += [f"{lease} holds permits and does not run" for lease in holding - set(at.processing)]
    return said


def _broken_flows(client: Any, at: Places) -> list[str]:
    """What does not hold of flows: who is held, for whom, and when a flow is over."""
    said = []
    held = {m.decode() for m in client.zrangebyscore(f"{at.base}:scheduled", 9e15, "+inf")}
    needs = {k.decode().rpartition(":")[2] for k in client.scan_iter(f"{at.base}:needs:*")}
    said += [f"{job} needs others and is not held" for job in needs - held]
    for raw in client.zrange(f"{at.base}:flows", 0, -1):
        key = f"{at.base}:flow:{raw.decode()}"
        state = (client.hget(key, "state") or b"gone").decode()
        members = {job.decode() for job in client.hvals(f"{key}:members")}
        ended = {job.decode(): how.decode() for job, how in client.hgetall(f"{key}:ended").items()}
        if state == "gone":
            continue
        said += [f"{job} is held for nothing" for job in members & held if job not in needs]
        said += [f"{job} has ended ({how}) and has a place" for job, how in ended.items() if job in held]
        said += [f"{job} has ended and is no member of {key}" for job in ended.keys() - members]
        finished = {job for job, how in ended.items() if how != "dead"}
        said += [f"the record of {job} is gone before its flow" for job in finished - set(at.records)]
        said += [f"{job} has ended and is not with the finished" for job in finished - set(at.finished)]
        over = client.zscore(f"{at.base}:flows:over", raw) is not None
        if state in ("open", "running") and (over or ended.keys() == members):
            said.append(f"{key} is {state} and all its members have ended")
        if state not in ("open", "running") and (not over or ended.keys() != members):
            said.append(f"{key} is {state} and not all its members have ended")
    return said
