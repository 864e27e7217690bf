"""The board of one type of job: how often it runs, how long, how it fails."""

from deploy.grafana.overview import DEPLOYS, NAMESPACE, QUEUE
from deploy.grafana.panels import Board, Panel, Query, Variable

_IN = 'namespace=~"$namespace", queue=~"$queue", type=~"$type", component!~"worker|gateway"'
_FAILED = f'herdsman_jobs_total{{{_IN}, outcome=~"retried|dead|crashed"}}'
_ENDED = f'herdsman_jobs_total{{{_IN}, outcome=~"completed|retried|dead|crashed"}}'
_BUCKETS = f"sum by (le) (rate(herdsman_job_duration_seconds_bucket{{{_IN}}}[$__rate_interval]))"
_WEEK_AGO = _BUCKETS.replace("]", "] offset 1w")


def _rate(outcome: str) -> str:
    return f'rate(herdsman_jobs_total{{{_IN}, outcome=~"{outcome}"}}[$__rate_interval])'


_RUNS = (
    Panel(
        title="Runs by outcome",
        unit="ops",
        stacked=True,
        does="Runs that ended, a second.",
        queries=(Query(f"sum by (outcome) ({_rate('.+')}) > 0", "{{outcome}}"),),
    ),
    Panel(
        title="Failures by type and outcome",
        unit="ops",
        does="`retried`: tried again; `dead`: for good; `crashed`: the process went with it. Look at the errors: "
        "`dlq list --type TYPE`; did it begin with a deploy?",
        queries=(Query(f"sum by (type, outcome) ({_rate('retried|dead|crashed')}) > 0", "{{type}} {{outcome}}"),),
    ),
    Panel(
        title="Run time",
        kind="heatmap",
        unit="s",
        does="How long runs take. Two bands are two kinds of payload; a band at the timeout hangs.",
        queries=(Query(_BUCKETS, "{{le}}"),),
    ),
    Panel(
        title="Run time p95, and a week ago",
        unit="s",
        dashed="week",
        does="Slower than a week ago: what it calls has become slow, or its payloads have grown.",
        queries=(
            Query(f"histogram_quantile(0.95, {_BUCKETS})", "now"),
            Query(f"histogram_quantile(0.95, {_WEEK_AGO})", "a week ago"),
        ),
    ),
    Panel(
        title="Retries a success",
        does="Failed tries for one success. Above 1 most work is in vain: raise the backoff.",
        queries=(Query(f"sum by (type) ({_rate('retried')}) / sum by (type) ({_rate('completed')})", "{{type}}"),),
    ),
    Panel(
        title="Runs that took their worker down",
        unit="ops",
        does="Out of memory, a hard timeout, a fault in C. Its dead letters tell the cause and the stack.",
        queries=(Query(f"sum by (type) (rate(herdsman_job_crashes_total{{{_IN}}}[$__rate_interval]))", "{{type}}"),),
    ),
)

_COST = (
    Panel(
        title="The ten types that cost most worker time",
        unit="none",
        does="Workers that each type keeps busy on average. Where to begin when workers are short.",
        queries=(
            Query(
                f"topk(10, sum by (queue, type) (rate(herdsman_job_duration_seconds_sum{{{_IN}}}[$__rate_interval])))",
                "{{queue}} {{type}}",
            ),
        ),
    ),
    Panel(
        title="Types, by failed share in an hour",
        kind="table",
        does="Where to look first.",
        queries=(
            Query(
                f"sum by (queue, type) (increase({_FAILED}[1h])) / (sum by (queue, type) (increase({_ENDED}[1h])) > 0)",
                "failed",
            ),
            Query(f"sum by (queue, type) (increase(herdsman_job_duration_seconds_count{{{_IN}}}[1h]))", "runs"),
            Query(f"sum by (queue, type) (increase(herdsman_job_crashes_total{{{_IN}}}[1h]))", "crashes"),
        ),
    ),
)

TYPE = Board(
    uid="herdsman-type",
    title="herdsman: type",
    variables=(
        NAMESPACE,
        QUEUE,
        Variable("type", 'herdsman_job_duration_seconds_count{namespace=~"$namespace", queue=~"$queue"}'),
    ),
    rows={"Runs": _RUNS, "Cost": _COST},
    deploys=DEPLOYS,
)
