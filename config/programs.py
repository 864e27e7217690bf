"""`programs:` in the config file."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from config import fields as f
from config.dependencies import DependsOn
from config.endings import Ending, StopSignal
from config.env_files import EnvFiles
from config.expressions import checked, joined
from config.log_files import Log
from config.probes import Health, Ready
from config.resource_limits import ResourceLimits
from config.restarts import RestartBackoff, soonest
from config.section import Section
from config.texts import matching, text
from config.watch import Watch


def _joined(value: Any) -> Any:
    return joined(value) if isinstance(value, str) else value


def _all_checked(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(checked(word) for word in words)


def _folder_checked(path: Path) -> Path:
    checked(str(path))
    return path


def _umask(value: object) -> int:
    return int(matching("0?[0-7]{3}", "three octal digits, like 027")(value), 8)


Words = Annotated[f.Command, BeforeValidator(_joined), AfterValidator(_all_checked)]
Variables = Annotated[dict[f.EnvName, Annotated[f.Text, AfterValidator(checked)]], f.AsMapping]
VariableName = Annotated[str, BeforeValidator(matching("[A-Za-z_][A-Za-z0-9_]*", "a variable's name"))]
Umask = Annotated[int, BeforeValidator(_umask)]


class Program(Section):
    """Anything else to keep running, in any language. In command, env and cwd, `{{instance}}` is its number."""

    name: f.Name = Field(description="Unique among pools and programs")
    command: Words = Field(description="python as the first word is the supervisor's own interpreter; no shell")
    enabled: bool = Field(default=True, description="false: not started before `start NAME`")
    namespace: f.Name | None = Field(None, description="A label: `stop namespace:LABEL` means all that bear it")
    cwd: Annotated[f.Folder, AfterValidator(_folder_checked)] | None = Field(
        None, description="Working folder, relative to this file; default: ours"
    )
    env: Variables = Field(default={}, repr=False, description="Added to the process's environment")
    env_file: EnvFiles = Field((), description="Files of KEY=VALUE lines, read at each start; `env` goes before them")
    instances: f.Instances = Field(1, description="Processes: n, max (one a CPU), or -n (CPUs less n)")
    instance_var: VariableName = Field(
        "HERDSMAN_INSTANCE", description="A variable that holds the number of the instance, from 0"
    )
    user: Annotated[str, BeforeValidator(text), Field(min_length=1)] | None = Field(
        None, description="Run as this user, with the groups it is in; only root can"
    )
    group: Annotated[str, BeforeValidator(text), Field(min_length=1)] | None = Field(
        None, description="Run in this group; default: the user's own"
    )
    umask: Umask | None = Field(None, description="Octal, like 027; default: ours", json_schema_extra={"minimum": 0})
    limits: ResourceLimits = Field(ResourceLimits(), description="What the kernel lets it use")
    nice: f.Whole | None = Field(None, ge=-20, le=19, description="-20 (first) to 19 (last); default: ours")
    stop_signal: StopSignal = Field("SIGTERM", description="What asks it to leave")
    stop_group: bool = Field(default=False, description="true: the whole process group is asked, not only its leader")
    stop_timeout: f.Duration = Field(10.0, description="From the stop signal to SIGKILL for all that is left")
    restart: Literal["always", "on-failure", "never"] = Field("always", description="When it is started again")
    success_exits: Annotated[tuple[Ending, ...], f.AsList] = Field(
        (0,), description="Exit codes and signals that are no failure, like [0, 3, SIGTERM]"
    )
    final_exits: Annotated[tuple[Ending, ...], f.AsList] = Field(
        (), description="Exit codes and signals after which it is never started again"
    )
    restart_delay: f.Duration = Field(0.0, description="At least so long between an end and the next start")
    backoff: RestartBackoff = Field(RestartBackoff(), description="The delay between crashes in a row")
    min_uptime: f.Duration = Field(5.0, description="A life that long is a good one, and forgives the crashes before")
    max_restarts: f.Whole = Field(0, ge=0, le=100_000, description="More early ends than that: FATAL; 0: no end to it")
    restart_window: f.Duration | None = Field(
        None, gt=0, description="Count the early ends of so long; default: those in a row"
    )
    max_memory_restart: f.Memory | None = Field(
        None, description="Started anew when it and its descendants hold more, looked at every second"
    )
    cron_restart: f.Cron | None = Field(None, description="Started anew by the clock; one that ended starts again")
    timezone: f.Zone = Field("UTC", description="The zone whose clock `cron_restart` means")
    watch: Watch | None = Field(None, description="Started anew when files change")
    log: Log = Field(Log(), description="Its log, where it differs from `logs`")
    ready: Ready | None = Field(None, description="When it counts as running; default: it has lived for a second")
    health: Health | None = Field(None, description="How it is found out that it hangs; default: it is not")
    depends_on: DependsOn = Field(default={}, description="Who must be there first: a list (ready), or name: condition")
    essential: bool = Field(default=False, description="Its end for good ends the supervisor, with its exit status")

    @model_validator(mode="after")
    def _can_give_up(self) -> Self:
        """A budget that the delays keep from ever being spent would be a promise not kept."""
        if self.max_restarts and self.restart_window is not None:
            least = soonest(self.max_restarts + 1, self.backoff, self.restart_delay)
            if least >= self.restart_window:
                raise ValueError(
                    f"max_restarts: {self.max_restarts} can never be exceeded within restart_window: the delays alone "
                    f"take {least:.0f}s; leave restart_window out, or make it longer"
                )
        return self

    @model_validator(mode="after")
    def _every_instance_can_be_asked(self) -> Self:
        for rule in (self.ready, self.health):
            if rule is not None and self.instances:
                rule.check_instance(self.instances - 1)
        return self
