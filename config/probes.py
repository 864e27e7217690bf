"""`ready:` and `health:` in the config file: how it is found out whether a program works."""

from typing import Self

from pydantic import Field, model_validator

from config import fields as f
from config.expressions import fill
from config.probe_fields import HttpAddress, InstancePort, LinePattern, http_address, own_port
from config.section import Section

_ASK = "http, port, command, notify"


class _Asked(Section):
    """The ways to ask that readiness and liveness have in common."""

    notify: bool = Field(default=False, description="The program tells by itself, by the sd_notify protocol")
    port: InstancePort | None = Field(None, description="Good when this port of localhost takes a connection")
    http: HttpAddress | None = Field(None, description="Good when a GET is answered with 2xx or 3xx")
    command: f.Command | None = Field(None, description="Good when it exits with 0; run as the program is")

    def check_instance(self, instance: int) -> None:
        """Raise ValueError when what is asked of this instance is no port."""
        if self.http is not None:
            http_address(fill(self.http, instance))
        if self.port is not None:
            own_port(fill(self.port, instance))

    def _ways(self) -> int:
        return sum((self.notify, self.port is not None, self.http is not None, self.command is not None))


class Ready(_Asked):
    """When a program that was started counts as running."""

    line: LinePattern | None = Field(None, description="Good when a line of its output fits this regular expression")
    timeout: f.Duration = Field(30.0, ge=0.1, le=86400.0, description="Not ready by then: it is started anew")
    interval: f.Duration = Field(0.2, ge=0.05, le=3600.0, description="Between two questions (http, port, command)")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self._ways() + (self.line is not None) != 1:
            raise ValueError(f"expected one of {_ASK}, line")
        return self


class Health(_Asked):
    """How it is found out that a program hangs; then it is started anew."""

    interval: f.Duration = Field(
        10.0, ge=0.1, le=86400.0, description="Between two questions; notify: it must say WATCHDOG=1 within"
    )
    timeout: f.Duration = Field(2.0, ge=0.05, le=3600.0, description="For one answer")
    failures: f.Whole = Field(3, ge=1, le=1000, description="So many bad answers in a row: it is started anew")
    grace: f.Duration = Field(10.0, le=86400.0, description="After it is running, bad answers do not count so long")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self._ways() != 1:
            raise ValueError(f"expected one of {_ASK}")
        return self


class GatewayHealth(Section):
    """The gateway's own /health is asked, and a gateway that hangs is started anew."""

    enabled: bool = Field(default=True, description="false: it is not asked")
    interval: f.Duration = Field(10.0, ge=0.1, le=86400.0, description="Between two questions")
    timeout: f.Duration = Field(5.0, ge=0.05, le=3600.0, description="For one answer")
    failures: f.Whole = Field(3, ge=1, le=1000, description="So many bad answers in a row: it is started anew")
    grace: f.Duration = Field(30.0, le=86400.0, description="After its start, bad answers do not count so long")
