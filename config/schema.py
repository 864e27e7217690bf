"""The config file's format: its sections, their keys, defaults and limits. The one definition of it."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from config import fields as f
from config.control import Control
from config.gateway import Gateway
from config.log_files import Logs
from config.payloads import Encryption, Payloads
from config.places import DATA_DIR
from config.pools import Pool
from config.problems import Mark, Marks
from config.programs import Program
from config.queues import Queue, Type
from config.section import Section
from config.series import Series
from config.tracing import Tracing
from config.webhooks import Webhooks

_DEFAULT = "default"


class RedisSection(Section):
    """A store of your own. The section left out: an embedded one is run."""

    url: f.Url = Field(repr=False, description="redis://, rediss://, unix://, redis+sentinel://, redis+cluster://")
    namespace: f.Namespace = Field(_DEFAULT, description="All keys live under it")
    partitions: f.Whole = Field(1, ge=1, le=1, description="Cluster slots the namespace is spread over; only 1 so far")


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


class Janitor(Section):
    """The process that promotes due jobs, rescues lapsed ones and prunes old ones."""

    enabled: bool = Field(default=True, description="false leaves it to somebody else")
    interval: f.Duration = Field(1.0, ge=0.05, description="Between two sweeps")


class Metrics(Section):
    """The supervisor's Prometheus target."""

    enabled: bool = Field(default=True, description="false: not served")
    host: f.Host = Field("127.0.0.1", description="Address to listen on")
    port: f.Port = Field(9100, description="Port to listen on; 0: any free one")


class Store(Section):
    """The embedded store; without effect where `redis:` is given."""

    fsync: Literal["everysec", "always"] = Field("everysec", description="When writes reach the disk")
    max_memory: f.Cap = Field(0, description="0: no limit. Over it, new jobs are refused")


class Config(Section):
    """The whole file, checked and complete. `path` is the file itself."""

    redis: RedisSection | None = Field(None, description="Left out: an embedded store is run")
    data_dir: f.Folder = Field(
        Path(DATA_DIR), validate_default=True, description="Store, logs, sockets; relative to this file"
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
    tracing: Tracing = Field(Tracing(), description="Spans for OpenTelemetry")
    store: Store = Field(Store(), description="The embedded store")
    series: Series = Field(Series(), description="Figures for charts")
    logs: Logs = Field(Logs(), description="Log files")
    control: Control = Field(Control(), description="Sockets for commands")

    _path: Path = PrivateAttr(Path("config.yaml"))
    _text: str = PrivateAttr("")
    _marks: Marks = PrivateAttr(Marks())

    @field_validator("queues")
    @classmethod
    def _inherit_from_default(cls, queues: dict[str, Queue]) -> dict[str, Queue]:
        base = queues.get(_DEFAULT, Queue())
        return {name: queue.over(base) for name, queue in queues.items()}

    def model_post_init(self, context: Any) -> None:
        """Keep the file's own path and text, which the loader hands over as context."""
        if context:
            self._path = context["path"]
            self._text = context.get("text", "")
            self._marks = context.get("marks", Marks())

    @property
    def path(self) -> Path:
        """The file this was read from, absolute."""
        return self._path

    @property
    def text(self) -> str:
        """The file's text, as it was before `${VAR}` was filled; it may hold secrets all the same."""
        return self._text

    def mark(self, *steps: str | int) -> Mark:
        """Where a value, or the nearest around it, stands in the file: for what only its user can find wrong."""
        return self._marks.nearest(steps)

    def queue(self, name: str) -> Queue:
        """The policy of a queue, named in the file or not."""
        return self.queues.get(name) or self.queues.get(_DEFAULT) or Queue()
