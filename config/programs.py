"""`programs:` in the config file."""

from typing import Literal, Self

from pydantic import Field, model_validator

from config import fields as f
from config.dependencies import DependsOn
from config.probes import Health, Ready
from config.section import Section


class Program(Section):
    """Anything else to keep running, in any language."""

    name: f.Name = Field(description="Unique among pools and programs")
    command: f.Command = Field(description="python as the first word is the supervisor's own interpreter")
    restart: Literal["always", "on-failure", "never"] = Field("always", description="When it is started again")
    cwd: f.Folder | None = Field(None, description="Working folder, relative to this file; default: ours")
    env: f.Environment = Field(default={}, repr=False, description="Added to the process's environment")
    instances: f.Instances = Field(1, description="Processes: n, max (one a CPU), or -n (CPUs less n)")
    stop_timeout: f.Duration = Field(10.0, description="From SIGTERM to SIGKILL")
    ready: Ready | None = Field(None, description="When it counts as running; default: it has lived for a second")
    health: Health | None = Field(None, description="How it is found out that it hangs; default: it is not")
    depends_on: DependsOn = Field(default={}, description="Who must be there first: a list (ready), or name: condition")
    essential: bool = Field(default=False, description="Its end for good ends the supervisor, with its exit status")

    @model_validator(mode="after")
    def _every_instance_can_be_asked(self) -> Self:
        for rule in (self.ready, self.health):
            if rule is not None and self.instances:
                rule.check_instance(self.instances - 1)
        return self
