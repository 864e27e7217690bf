"""What must hold in the store at any moment, whatever was killed: looked at from outside the scripts."""

from typing import Any

from engine import keys
from tests.support.snapshot import snapshot


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
        self.dead = [m.decode() for q in names.values() for m in client.zrange(f"{base}:dead:{q}", 0, -1)]
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
    for lane in at.names:
        cursor = _entry(at.marks.get(f"c{lane}", "0-0"))
        passed = sum(_entry(entry.decode()) <= cursor for entry, _ in at.streams[lane])
        if passed != int(at.marks.get(f"p{lane}", 0)):
            said.append(f"lane {lane}: {passed} entries passed, the mark says {at.marks.get(f'p{lane}', 0)}")
        scheduled = sum(job.startswith(f"{lane}-") for job in at.scheduled)
        if scheduled != int(at.marks.get(f"s{lane}", 0)):
            said.append(f"lane {lane}: {scheduled} scheduled, the mark says {at.marks.get(f's{lane}', 0)}")
    return said
