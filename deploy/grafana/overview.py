"""The board one looks at first: is work done in time, and if not, where?"""

from deploy.grafana.panels import Board, Panel, Query, Variable

NAMESPACE = Variable("namespace", "herdsman_build_info")
QUEUE = Variable("queue", 'herdsman_queue_wait_target_seconds{namespace=~"$namespace"}')
DEPLOYS = 'sum by (namespace, instance, pool) (changes(herdsman_pool_generation{namespace=~"$namespace"}[2m])) > 0'

_IN = 'namespace=~"$namespace", queue=~"$queue"'
_OWN = f'{_IN}, component!~"worker|gateway"'  # what workers and gateways say again is left out
_FAILED = 'outcome=~"retried|dead|crashed"'
_ENDED = 'outcome=~"completed|retried|dead|crashed"'
_WAIT = f"sum by (le) (rate(herdsman_job_wait_seconds_bucket{{{_OWN}}}[$__rate_interval]))"

_STATS = (
    Panel(
        title="Started late, 1 h",
        kind="stat",
        unit="percentunit",
        width=4,
        height=4,
        warn=0.01,
        bad=0.05,
        does="Share of jobs that were claimed later than their queue's wait_target. Bad: see the table for the queue, "
        "then scale its pool (`scale POOL +1`) or find the type that grew.",
        queries=(
            Query(
                f"sum(increase(herdsman_jobs_started_late_total{{{_OWN}}}[1h]))"
                f" / sum(increase(herdsman_job_wait_seconds_count{{{_OWN}}}[1h]))"
            ),
        ),
    ),
    Panel(
        title="Failed, 1 h",
        kind="stat",
        unit="percentunit",
        width=4,
        height=4,
        warn=0.05,
        bad=0.5,
        does="Share of runs that failed. Bad: the board Type shows which type; then look at its errors (`dlq list`).",
        queries=(
            Query(
                f"sum(increase(herdsman_jobs_total{{{_OWN}, {_FAILED}}}[1h]))"
                f" / sum(increase(herdsman_jobs_total{{{_OWN}, {_ENDED}}}[1h]))"
            ),
        ),
    ),
    Panel(
        title="Oldest",
        kind="stat",
        unit="s",
        width=4,
        height=4,
        does="Age of the job that waits longest. Bad: nobody serves its queue, or it is paused (`queues`).",
        queries=(Query(f"max(herdsman_queue_oldest_seconds{{{_IN}}})"),),
    ),
    Panel(
        title="Dead",
        kind="stat",
        width=4,
        height=4,
        warn=1,
        does="Dead letters. Bad: `dlq list`, repair what they died of, retry five, then all.",
        queries=(Query(f"sum(max by (namespace, queue) (herdsman_dlq_size{{{_IN}}}))"),),
    ),
    Panel(
        title="Busy",
        kind="stat",
        unit="percentunit",
        width=4,
        height=4,
        does="Workers with jobs in hand, of those wanted. Near 100 % with late starts: more workers are needed.",
        queries=(
            Query(
                'sum(herdsman_workers_busy{namespace=~"$namespace"})'
                ' / sum(herdsman_pool_desired{namespace=~"$namespace"})'
            ),
        ),
    ),
    Panel(
        title="Store",
        kind="stat",
        unit="bytes",
        width=4,
        height=4,
        does="Memory the store uses; the board Fleet has its limit. Bad: trim results, dead letters, history.",
        queries=(Query('max(herdsman_store_memory_bytes{namespace=~"$namespace"})'),),
    ),
)

_WORK = (
    Panel(
        title="Runs by outcome",
        unit="ops",
        stacked=True,
        does="Runs that ended, a second. `retried`, `dead` and `crashed` are failures: the board Type tells whose.",
        queries=(
            Query(f"sum by (outcome) (rate(herdsman_jobs_total{{{_OWN}}}[$__rate_interval])) > 0", "{{outcome}}"),
        ),
    ),
    Panel(
        title="Wait: p50, p95, p99",
        unit="s",
        does="From due to claimed, by the histogram's bounds. Bad: compare depth below, then deploys.",
        queries=tuple(
            Query(f"histogram_quantile({part}, {_WAIT})", f"p{part[2:]}") for part in ("0.50", "0.95", "0.99")
        ),
    ),
    Panel(
        title="Depth, the ten deepest queues",
        does="Jobs that wait. Length alone is no trouble: look at the oldest beside it.",
        queries=(
            Query(
                f'topk(10, max by (namespace, queue) (herdsman_queue_depth{{{_IN}, state="pending"}}))',
                "{{namespace}} {{queue}}",
            ),
        ),
    ),
    Panel(
        title="Oldest job by queue, and its target",
        unit="s",
        dashed="^target",
        does="Above its dashed target a queue is late: scale its pool, or find the type that grew.",
        queries=(
            Query(f"topk(10, max by (namespace, queue) (herdsman_queue_oldest_seconds{{{_IN}}}))", "{{queue}}"),
            Query(f"max by (namespace, queue) (herdsman_queue_wait_target_seconds{{{_IN}}}) > 0", "target {{queue}}"),
        ),
    ),
    Panel(
        title="Started late by queue",
        unit="percentunit",
        does="Share of jobs claimed later than wait_target. The budget of the alert WaitBudgetBurn is 1 %.",
        queries=(
            Query(
                f"sum by (namespace, queue) (rate(herdsman_jobs_started_late_total{{{_OWN}}}[$__rate_interval]))"
                f" / sum by (namespace, queue) (rate(herdsman_job_wait_seconds_count{{{_OWN}}}[$__rate_interval]))",
                "{{queue}}",
            ),
        ),
    ),
    Panel(
        title="Dead by queue",
        does="Dead letters that stand. What grows is new trouble; what stands needs somebody to look.",
        queries=(Query(f"max by (namespace, queue) (herdsman_dlq_size{{{_IN}}})", "{{queue}}"),),
    ),
)

_TABLES = (
    Panel(
        title="Queues, the oldest job first",
        kind="table",
        height=10,
        width=14,
        does="Where the trouble is. `parked`: no worker knows their type, or it is paused.",
        queries=(
            Query(f"max by (namespace, queue) (herdsman_queue_oldest_seconds{{{_IN}}})", "oldest, s"),
            Query(f'max by (namespace, queue) (herdsman_queue_depth{{{_IN}, state="pending"}})', "pending"),
            Query(f'max by (namespace, queue) (herdsman_queue_depth{{{_IN}, state="parked"}})', "parked"),
            Query(f'max by (namespace, queue) (herdsman_queue_depth{{{_IN}, state="processing"}})', "processing"),
            Query(f"max by (namespace, queue) (herdsman_dlq_size{{{_IN}}})", "dead"),
            Query(f"max by (namespace, queue) (herdsman_queue_paused{{{_IN}}})", "paused"),
        ),
    ),
    Panel(
        title="Schedules: periods since the last success",
        height=10,
        width=10,
        warn=1.5,
        does="Above 1.5 a run is missing: paused, overlapping, or failing? `schedules` tells.",
        queries=(
            Query(
                "(time() - max by (namespace, schedule)"
                ' (herdsman_schedule_last_success_timestamp_seconds{namespace=~"$namespace"} > 0))'
                " / on (namespace, schedule) max by (namespace, schedule)"
                ' (herdsman_schedule_period_seconds{namespace=~"$namespace"} > 0)',
                "{{schedule}}",
            ),
        ),
    ),
)

OVERVIEW = Board(
    uid="herdsman-overview",
    title="herdsman: overview",
    variables=(NAMESPACE, QUEUE),
    rows={"Now": _STATS, "Work": _WORK, "Where": _TABLES},
    deploys=DEPLOYS,
)
