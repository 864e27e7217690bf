"""The config file's format: its sections, their keys, defaults and limits. The one definition of it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from config import fields as f

_DEFAULT = "default"


class Section(BaseModel):
    """A mapping of the file. One with nothing in it is all defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _empty_is_default(cls, data: Any) -> Any:
        return {} if data is None else data


class RedisSection(Section):
    """A store of your own. The section left out: an embedded one is run."""

    url: f.Url = Field(repr=False, description="redis://, rediss://, unix://, redis+sentinel://, redis+cluster://")
    namespace: f.Namespace = Field(_DEFAULT, description="All keys live under it")
    partitions: f.Whole = Field(1, ge=1, le=1, description="Cluster slots the namespace is spread over; only 1 so far")


class Pool(Section):
    """A pool of worker processes that run the same tasks."""

    name: f.Name = Field(description="Unique among pools and programs")
    tasks: tuple[f.Module, ...] = Field(min_length=1, description="Modules that hold the tasks")
    queue_plan: f.QueuePlan = Field(
        (_DEFAULT,), alias="queues", description="A list: strict priority order. A mapping: weights"
    )
    instances: f.Instances = Field(1, description="Processes: n, max (one a CPU), or -n (CPUs less n)")
    concurrency: f.Whole = Field(1, ge=1, le=1000, description="Jobs at once in one process")
    drain_timeout: f.Duration = Field(30.0, description="From SIGTERM to SIGKILL")
    max_memory_restart: f.Memory | None = Field(None, description="Recycle at the next job boundary above it")
    max_jobs: f.Whole = Field(0, ge=0, description="Recycle after about so many jobs; 0: never")
    env: f.Environment = Field(default={}, repr=False, description="Added to the processes' environment")
    http_port: f.OwnPort | None = Field(None, description="Serve POST /jobs, /metrics and /health here")
    http_task: f.Text = Field("uppercase", min_length=1, description="The task that POST /jobs runs")
    ageing: f.Duration = Field(60.0, description="A job that waited so long goes before higher priorities; 0: never")
    max_batch: f.Whole = Field(100, ge=1, le=1000, description="Most jobs claimed at once")

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues, in order of priority (of the file, where they have weights)."""
        return tuple(self.queue_plan)

    @property
    def queue_weights(self) -> Mapping[str, int]:
        """The weight of each queue; empty: `queues` is a strict order."""
        return self.queue_plan if isinstance(self.queue_plan, dict) else {}


class Program(Section):
    """Anything else to keep running, in any language."""

    name: f.Name = Field(description="Unique among pools and programs")
    command: f.Command = Field(description="python as the first word is the supervisor's own interpreter")
    restart: Literal["always", "on-failure", "never"] = Field("always", description="When it is started again")
    cwd: f.Folder | None = Field(None, description="Working folder, relative to this file; default: ours")
    env: f.Environment = Field(default={}, repr=False, description="Added to the process's environment")
    instances: f.Instances = Field(1, description="Processes: n, max (one a CPU), or -n (CPUs less n)")
    stop_timeout: f.Duration = Field(10.0, description="From SIGTERM to SIGKILL")


class Backoff(Section):
    """The delay before a retry: min(max, base * factor ** failures), spread by jitter."""

    base: f.Duration = Field(1.0, description="The first delay")
    factor: f.Number = Field(2.0, ge=1.0, le=100.0, description="Each delay is so many times the last")
    max: f.Duration = Field(3600.0, description="No delay is longer")
    jitter: f.Number = Field(0.1, ge=0.0, le=1.0, description="Part of a delay that is random")


class Limits(Section):
    """How much may run."""

    rate_limit: f.RateLimit | None = Field(None, description="Starts in a time, like 100/m or 5/10s")
    burst: f.Whole | None = Field(None, ge=1, description="Evenly spaced starts, so many at once; default: a window")
    concurrency_limit: f.Whole | None = Field(None, ge=1, description="Jobs at once, on all hosts together")


class Tenant(Limits):
    """What each tenant may have in one queue."""

    max_pending: f.Whole = Field(0, ge=0, description="Jobs of one tenant waiting at most; 0: no limit")
    max_pending_bytes: f.Cap = Field(0, description="Memory of one tenant's waiting jobs; 0: no limit")


class Type(Limits):
    """What the file says of one type of job; it goes before what its code says."""

    queue: f.QueueName | None = Field(None, description="Where its jobs go when nobody says otherwise")


class Queue(Section):
    """The policy of one queue."""

    retries: f.Whole = Field(3, ge=0, description="Times a failed job is tried again")
    backoff: Backoff = Field(Backoff(), description="The delay before a retry")
    lease: f.Duration = Field(30.0, ge=0.1, description="A silent worker loses its jobs after so long")
    max_pending: f.Whole = Field(0, ge=0, description="Jobs waiting at most; 0: no limit")
    max_pending_bytes: f.Cap = Field(0, description="Memory of the jobs waiting at most; 0: no limit")
    tenant: Tenant = Field(Tenant(), description="What each tenant may have in it")
    wait_target: f.Duration = Field(0.0, description="Jobs should start within so long; 0: no target")
    dlq_alert: f.Whole = Field(100, ge=0, description="Dead jobs that raise an alert; 0: never")
    max_crashes: f.Whole = Field(3, ge=1, description="Processes a job may take down before it is dead")
    result_ttl: f.Duration = Field(3600.0, description="Results are kept so long")
    max_result: f.Size = Field(1 << 20, description="A result has so many bytes at most; larger ones bury their jobs")
    failure_ttl: f.Duration = Field(0.0, description="Dead jobs are kept so long; 0: for ever")
    dlq_max: f.Whole = Field(0, ge=0, description="Dead jobs kept at most, the newest; 0: no limit")

    def over(self, base: "Queue") -> "Queue":
        """This queue with the keys it was not given taken from `base`."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        if "backoff" in given:
            own = self.backoff
            given["backoff"] = base.backoff.model_copy(
                update={name: getattr(own, name) for name in own.model_fields_set}
            )
        return base.model_copy(update=given)


class Schedule(Section):
    """A job that is enqueued by the clock."""

    name: f.Name = Field(description="Unique among schedules")
    task: f.TaskName = Field(description="The task to run")
    cron: f.Cron = Field(description="Five fields, six with seconds in front, or @hourly, @daily, @weekly, …")
    timezone: f.Zone = Field("UTC", description="The zone whose clock is meant")
    payload: f.Data = Field(None, description="What the task is given")
    queue: f.QueueName | None = Field(None, description="Default: the queue of the task")
    misfire: Literal["once", "skip", "all"] = Field("once", description="What to do about slots that were missed")
    misfire_max: f.Duration = Field(3600.0, description="No slot older than this is made up for")
    overlap: Literal["allow", "skip", "queue_one", "cancel_old"] = Field(
        "allow", description="What to do at a slot while an earlier job has not ended"
    )
    jitter: f.Duration = Field(0.0, le=86400.0, description="Fire up to so late, spread evenly over the schedules")
    paused: bool = Field(default=False, description="Do not fire until it is resumed")


class WebhookBackoff(Section):
    """The delay before a webhook is sent again: min(max, base * factor ** failures), spread as its queue says."""

    base: f.Duration = Field(5.0, description="The first delay")
    factor: f.Number = Field(3.0, ge=1.0, le=100.0, description="Each delay is so many times the last")
    max: f.Duration = Field(21600.0, description="No delay is longer")


class Webhooks(Section):
    """What is sent when jobs end or dead letters are too many."""

    secrets: Annotated[tuple[f.WebhookSecret, ...], f.AsList] = Field(
        (), repr=False, max_length=10, description="whsec_…; each signs, so that one can be replaced by another"
    )
    allow_private: bool = Field(default=False, description="Send to private, local and reserved addresses too")
    allow_http: bool = Field(default=False, description="Send without TLS too")
    timeout: f.Duration = Field(10.0, ge=0.1, le=300.0, description="For one attempt, all of it")
    retries: f.Whole = Field(10, ge=0, le=1000, description="Further attempts; then it is a dead letter")
    backoff: WebhookBackoff = Field(WebhookBackoff(), description="The delay before a retry")
    queue: f.QueueName | None = Field(None, description="Where they wait; default: the queue of what they report on")
    alerts: f.WebUrl | None = Field(None, repr=False, description="Hears of too many, or new kinds of, dead letters")


class Janitor(Section):
    """The process that promotes due jobs, rescues lapsed ones and prunes old ones."""

    enabled: bool = Field(default=True, description="false leaves it to somebody else")
    interval: f.Duration = Field(1.0, ge=0.05, description="Between two sweeps")


class Gateway(Section):
    """The HTTP API and the dashboard."""

    enabled: bool = Field(default=True, description="false leaves it to somebody else")
    host: f.Host = Field("127.0.0.1", description="Address to listen on")
    port: f.Port = Field(5000, description="Port to listen on; 0: any free one")


class Metrics(Section):
    """The supervisor's Prometheus target."""

    enabled: bool = Field(default=True, description="false: not served")
    host: f.Host = Field("127.0.0.1", description="Address to listen on")
    port: f.Port = Field(9100, description="Port to listen on; 0: any free one")


class Store(Section):
    """The embedded store; without effect where `redis:` is given."""

    fsync: Literal["everysec", "always"] = Field("everysec", description="When writes reach the disk")
    max_memory: f.Cap = Field(0, description="0: no limit. Over it, new jobs are refused")


class Payloads(Section):
    """How large payloads and results may be, and how workers and the gateway write them."""

    max_size: f.Size = Field(1 << 20, ge=1, le=16 << 20, description="Most bytes of one, before it is compressed")
    compress_over: f.Size = Field(0, ge=0, description="Larger ones are compressed; 0: none are")


class EncryptionKey(Section):
    """One key; the first of the list encrypts, all decrypt."""

    id: f.KeyId = Field(description="Travels with what the key encrypted")
    key: f.Key = Field(repr=False, description="32 bytes in base64, best as ${VARIABLE}; python -m engine keys new")

    @model_validator(mode="before")
    @classmethod
    def _no_bare_key(cls, data: Any) -> Any:
        return f.only_mapping(data)


class Encryption(Section):
    """The keys that payloads and results are encrypted with; none: they are not."""

    keys: Annotated[tuple[EncryptionKey, ...], f.AsSecretList] = Field((), repr=False, description="The first encrypts")

    @model_validator(mode="before")
    @classmethod
    def _no_bare_key(cls, data: Any) -> Any:
        return f.only_mapping(data)


class Logs(Section):
    """The files under data_dir/logs."""

    max_size: f.Size = Field(10 << 20, ge=4096, description="A file is rotated at this size")
    max_total: f.Size = Field(100 << 20, ge=4096, description="All files together; the oldest are removed")
    echo: bool = Field(default=True, description="Show output on the terminal too")

    @model_validator(mode="after")
    def _room_for_one_file(self) -> Self:
        if self.max_total < self.max_size:
            raise ValueError(f"max_total ({self.max_total} bytes) is less than max_size ({self.max_size} bytes)")
        return self


class Config(Section):
    """The whole file, checked and complete. `path` is the file itself."""

    redis: RedisSection | None = Field(None, description="Left out: an embedded store is run")
    data_dir: f.Folder = Field(
        Path(".herdsman"), validate_default=True, description="Store, logs, sockets; relative to this file"
    )
    pools: Annotated[tuple[Pool, ...], f.AsList] = Field((), description="Worker pools")
    programs: Annotated[tuple[Program, ...], f.AsList] = Field((), description="Other processes")
    janitor: Janitor = Field(Janitor(), description="The janitor")
    gateway: Gateway = Field(Gateway(), description="HTTP API and dashboard")
    metrics: Metrics = Field(Metrics(), description="Prometheus metrics of this host")
    queues: Annotated[dict[f.QueueName, Queue], f.AsMapping] = Field(
        default={}, description="Policies by queue; default is for all others, and for keys left out"
    )
    types: Annotated[dict[f.TaskName, Type], f.AsMapping] = Field(default={}, description="Types of job, by name")
    schedules: Annotated[tuple[Schedule, ...], f.AsList] = Field((), description="Jobs by the clock")
    webhooks: Webhooks = Field(Webhooks(), description="What is sent when jobs end")
    payloads: Payloads = Field(Payloads(), description="Size and compression of payloads and results")
    encryption: Encryption = Field(Encryption(), description="Keys for payloads and results")
    store: Store = Field(Store(), description="The embedded store")
    logs: Logs = Field(Logs(), description="Log files")

    _path: Path = PrivateAttr(Path("config.yaml"))

    @field_validator("queues")
    @classmethod
    def _inherit_from_default(cls, queues: dict[str, Queue]) -> dict[str, Queue]:
        base = queues.get(_DEFAULT, Queue())
        return {name: queue.over(base) for name, queue in queues.items()}

    def model_post_init(self, context: Any) -> None:
        """Keep the file's own path, which the loader hands over as context."""
        if context:
            self._path = context["path"]

    @property
    def path(self) -> Path:
        """The file this was read from, absolute."""
        return self._path

    def queue(self, name: str) -> Queue:
        """The policy of a queue, named in the file or not."""
        return self.queues.get(name) or self.queues.get(_DEFAULT) or Queue()
