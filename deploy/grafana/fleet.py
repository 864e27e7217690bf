"""The board of the machinery: workers, what replaced them, memory, the janitor, the store, other programs."""

from deploy.grafana.overview import DEPLOYS, NAMESPACE
from deploy.grafana.panels import Board, Panel, Query, Variable

_NS = 'namespace=~"$namespace"'
_IN = f'{_NS}, pool=~"$pool"'


def _by(label: str, series: str) -> str:
    return f"sum by ({label}) (rate(herdsman_{series}{{{_IN}}}[$__rate_interval])) > 0"


_WORKERS = (
    Panel(
        title="Workers by state, and how many are wanted",
        stacked=True,
        dashed="^wanted",
        does="`running` below the dashed line: `describe POOL` tells why (exit reasons, memory, its port).",
        queries=(
            Query(f"sum by (state) (herdsman_workers{{{_IN}}}) > 0", "{{state}}"),
            Query(f"sum(herdsman_pool_desired{{{_IN}}})", "wanted"),
        ),
    ),
    Panel(
        title="Busy by pool",
        unit="percentunit",
        does="Workers with jobs in hand. Near 100 % with jobs that wait: scale it, or let `autoscale` do it.",
        queries=(
            Query(
                f"sum by (pool) (herdsman_workers_busy{{{_IN}}}) / sum by (pool) (herdsman_pool_desired{{{_IN}}} > 0)",
                "{{pool}}",
            ),
        ),
    ),
    Panel(
        title="Deaths by cause",
        unit="ops",
        does="`oom`, `memory_limit`: see memory below. `hard_timeout`: see the stack in the dead letter. `signal`, "
        "`exit`: the last lines of `logs POOL`.",
        queries=(Query(_by("cause", "worker_deaths_total"), "{{cause}}"),),
    ),
    Panel(
        title="Replaced, by why they were told to leave",
        unit="ops",
        does="`memory`: it leaks; `jobs`, `age`: as the config wants it; `reload`: a deploy.",
        queries=(Query(_by("reason", "worker_recycles_total"), "{{reason}}"),),
    ),
    Panel(
        title="Memory by worker, and the limit",
        unit="bytes",
        dashed="^limit",
        does="Descendants counted. A slope that never ends leaks: set max_memory_restart below the machine's share.",
        queries=(
            Query(f'topk(20, herdsman_worker_memory_bytes{{{_IN}, component!="worker"}})', "{{instance}} {{worker}}"),
            Query(f"max by (pool) (herdsman_pool_memory_limit_bytes{{{_IN}}}) > 0", "limit {{pool}}"),
        ),
    ),
    Panel(
        title="Changes of size, strays",
        unit="short",
        does="What autoscale did, and processes that dead workers had left. Up and down in turn: widen its window.",
        queries=(
            Query(
                f"sum by (pool, direction) (increase(herdsman_autoscale_decisions_total{{{_IN}}}[10m]))",
                "{{pool}} {{direction}}",
            ),
            Query(f"sum by (pool) (increase(herdsman_strays_killed_total{{{_IN}}}[10m]))", "strays of {{pool}}"),
        ),
    ),
)

_KEEPING = (
    Panel(
        title="Rescued jobs",
        unit="ops",
        does="Leases that lapsed: a host died, or paused for longer than a lease (clock, swap, a stopped container).",
        queries=(
            Query(
                f"max by (namespace, queue) (rate(herdsman_janitor_rescued_total{{{_NS}}}[$__rate_interval]))",
                "{{queue}}",
            ),
        ),
    ),
    Panel(
        title="Since the janitor's last sweep, since the store was last read",
        unit="s",
        warn=30,
        does="Above 30 s nothing that is scheduled starts: start a janitor (`python -m janitor -c FILE`).",
        queries=(
            Query(f"time() - max by (namespace) (herdsman_janitor_last_sweep_timestamp_seconds{{{_NS}}})", "sweep"),
            Query(
                f"time() - (herdsman_metrics_last_read_timestamp_seconds{{{_IN}}} > 0)", "read: {{instance}} {{pool}}"
            ),
        ),
    ),
    Panel(
        title="Store: answers",
        does="1 when it answers a host. 0: is it up, is the network, has it room on its disk?",
        queries=(Query(f"herdsman_store_up{{{_NS}}}", "{{instance}}"),),
    ),
    Panel(
        title="Store: memory, and its limit",
        unit="bytes",
        dashed="^limit",
        does="Near the limit enqueueing is refused. Never evict: trim results, dead letters, history, or raise it.",
        queries=(
            Query(f"max by (namespace) (herdsman_store_memory_bytes{{{_NS}}})", "used {{namespace}}"),
            Query(f"max by (namespace) (herdsman_store_memory_limit_bytes{{{_NS}}}) > 0", "limit {{namespace}}"),
        ),
    ),
)

_REST = (
    Panel(
        title="Programs",
        does="1 while an instance runs. 0: `describe NAME`, `logs NAME`.",
        queries=(Query(f"herdsman_program_up{{{_NS}}}", "{{program}}.{{exported_instance}}"),),
    ),
    Panel(
        title="Programs started anew",
        does="After a crash, and because a probe said so.",
        queries=(
            Query(f"sum by (program) (increase(herdsman_program_restarts_total{{{_NS}}}[10m]))", "{{program}} crashed"),
            Query(
                f"sum by (program) (increase(herdsman_program_probe_restarts_total{{{_NS}}}[10m]))", "{{program}} probe"
            ),
        ),
    ),
    Panel(
        title="Log bytes",
        unit="Bps",
        does="Written, and dropped because somebody writes faster than the disk: `logs` shows who.",
        queries=(
            Query(
                f"sum by (instance) (rate(herdsman_log_written_bytes_total{{{_NS}}}[$__rate_interval]))", "{{instance}}"
            ),
            Query(
                f"sum by (instance) (rate(herdsman_log_dropped_bytes_total{{{_NS}}}[$__rate_interval])) > 0",
                "dropped {{instance}}",
            ),
        ),
    ),
    Panel(
        title="Releases",
        kind="table",
        does="Which release each host runs.",
        queries=(Query(f"max by (namespace, instance, version) (herdsman_build_info{{{_NS}}})", "up"),),
    ),
)

FLEET = Board(
    uid="herdsman-fleet",
    title="herdsman: fleet",
    variables=(NAMESPACE, Variable("pool", 'herdsman_pool_desired{namespace=~"$namespace"}')),
    rows={"Workers": _WORKERS, "Keeping": _KEEPING, "The rest": _REST},
    deploys=DEPLOYS,
)
