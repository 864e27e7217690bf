"""Names in the store: one base for each namespace, one hash tag for all its keys, and what ids and leases say.

herdsman:{NS}:meta        hash    first (since) and last ms issued, seq, token, epoch, run, swept, well, next, puts,
                                  durable
herdsman:{NS}:lanes       hash    queue -> main lane       :names   hash  lane -> queue
herdsman:{NS}:apart:lanes hash    queue, what -> lane apart :said   hash  lane apart -> priority tenant type key cost
herdsman:{NS}:apart       set     types that stand apart: limited or paused        :stopped set  paused types
herdsman:{NS}:state:QUEUE hash    lane apart that has jobs -> ring, held, blocked or parked
herdsman:{NS}:ring:QUEUE  list    lanes apart that take turns (:high: and :low: too); * is the main lane
herdsman:{NS}:held        zset    lane -> when a rate lets it :parked zset lane -> since  :blocked:LIMIT set of lanes
herdsman:{NS}:gcra:LIMIT  string  theoretical arrival time  :window:LIMIT zset of starts  :permits:LIMIT zset of leases
herdsman:{NS}:holding     hash    lease -> limits whose permits it holds
herdsman:{NS}:backlog     hash    queue -> pending in its lanes apart      :later hash the same, scheduled
herdsman:{NS}:due         list    at most one mark, on which the janitor's promoter sleeps
herdsman:{NS}:lane:N      stream  bodies of pending and processing jobs that have nothing more to say
herdsman:{NS}:head:N      list    ids that were given back, next first
herdsman:{NS}:marks       hash    cN cursor, pN entries passed and still there, sN scheduled
herdsman:{NS}:processing  zset    lease -> deadline        :scheduled zset id -> due
herdsman:{NS}:dead:QUEUE  zset    id -> when               :finished zset  id -> when its record expires
herdsman:{NS}:job:ID      hash    q t p o s a c n k ks e d f r w b at x l hook y; said by itself: pg lg cp sn
                                  and of members of flows: fi fn fp fc fo fs fw fy fz
herdsman:{NS}:ops:WHO     hash    the last two operations of a worker or caller: 'number answer'
herdsman:{NS}:once:HASH   string  idempotency key: 'id digest', of a call of many 'batch digest answer'
herdsman:{NS}:unique:HASH string  id of the only job of its kind      :cache:HASH the same, of a shared result
herdsman:{NS}:wake:QUEUE  list    at most one mark, on which idle workers block
herdsman:{NS}:workers     hash    incarnation -> info      :running hash   incarnation -> id it runs
herdsman:{NS}:beats :gone :callers :watched :cancels  zsets by time :types hash type -> queue   :knows:WHO hash
herdsman:{NS}:traits      hash    type -> what the store must know of it, JSON
herdsman:{NS}:limits      hash    queue -> jobs bytes, of a tenant jobs bytes; 'closed ' before it
herdsman:{NS}:tenantry    hash    queue -> limits of each of its tenants, JSON
herdsman:{NS}:paused set     :rescued hash queue -> n
herdsman:{NS}:schedules   hash    name -> definition       :schedule:NAME hash  slot since times paused asked held job
                                                   open at ended success fired skipped missed by:ORIGIN
herdsman:{NS}:flows       zset    flow -> made; :flows:open flow -> deadline; :flows:over flow -> when it is pruned
herdsman:{NS}:flows:todo  list    edges over a script's budget    :flows:stop set  flows whose cancel is under way
herdsman:{NS}:flow:ID     hash    name state made ended keep stop
herdsman:{NS}:flow:ID:members hash name -> job             :flow:ID:ended hash  job -> how
herdsman:{NS}:flow:ID:roots   list  members that wait for nothing, until the flow is closed
herdsman:{NS}:needs:ID    set     parents that a held member still waits for
herdsman:{NS}:alarms      hash    queue -> ms since which its dead letters are too many
herdsman:{NS}:parking     hash    queue -> ms since which it was said that it has parked jobs
herdsman:{NS}:looked      hash    queue -> how far its dead letters were looked at for new groups
herdsman:{NS}:groups      zset    fingerprint -> when the last of that group died :newgroups hash queue -> n
herdsman:{NS}:totals      hash    iQUEUE jobs taken in, dQUEUE done, fQUEUE runs failed, oQUEUE gone; at: when told
herdsman:{NS}:pace        list    totals of the last minute, twenty seconds apart: ms JSON
herdsman:{NS}:series:names hash   letter queue TAB type -> number; j runs, w waits, g depths, h hosts, s samples
herdsman:{NS}:series:seen zset    the same -> ms when last begun    :series:in hash queue -> iQUEUE charted; '': ms
herdsman:{NS}:series:told:BOARD hash  the same -> counts told by that host; '': ms
herdsman:{NS}:series:STEP:NUMBER:BLOCK string  counts of each span, see part series; STEP is 60, 600 or 3600 (s)
herdsman:{NS}:aside       stream  records that could not be read, with their bytes
herdsman:{NS}:audit       stream  l: who did what through a gateway, JSON
herdsman:{NS}:seal        string  the secret that gateways sign sessions with
herdsman:{NS}:logouts     zset    session that was ended -> when it would be over by itself, s
"""

import re
from typing import NamedTuple

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,63}")
_ID = re.compile(r"(\d{1,9})-(\d{1,15})-(\d{1,15})")


class Place(NamedTuple):
    """What an id says: the lane it was enqueued into, and its entry there."""

    lane: int
    ms: int
    seq: int


def base(namespace: str) -> str:
    """The common beginning of all keys of a namespace; the braces keep them in one cluster slot.

    Raises:
        ValueError: the name has characters that would break the hash tag.
    """
    return "herdsman:{" + name(namespace, "namespace") + "}"


def name(text: str, what: str) -> str:
    """The name itself, when it may be one.

    Raises:
        ValueError: it is not 1 to 64 letters, digits, `_ . : -`.
    """
    if not isinstance(text, str) or not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} cannot be the name of a {what}: 1 to 64 letters, digits, '_', '.', ':', '-'")
    return text


def job_id(lane: int, ms: int, seq: int) -> str:
    """The id of the job that stands at this place."""
    return f"{lane}-{ms}-{seq}"


def place(text: str) -> Place | None:
    """What an id says, or None when it is none of ours."""
    match = _ID.fullmatch(text)
    return Place(*map(int, match.groups())) if match else None


def lease(job: str, token: int, incarnation: int) -> str:
    """The right to finish a job: its id, the token of this grant, and to whom it was granted."""
    return f"{job}/{token}/{incarnation:x}"
