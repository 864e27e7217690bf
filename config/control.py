"""`control:` in the config file: who may ask the supervisor what."""

import re
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from config import fields as f
from config.section import Section
from config.units import shown

_OCTAL = re.compile(r"0?o?([0-7]{3})", re.ASCII)
_OWNER_ONLY = 0o600


def socket_mode(value: object) -> int:
    """Permissions of a socket, written as for chmod: 600, 0660, 0666."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = f"{value:o}"  # a default of ours
    match = _OCTAL.fullmatch(value.strip()) if isinstance(value, str) else None
    mode = int(match[1], 8) if match else 0
    if mode & ~0o666 or mode & _OWNER_ONLY != _OWNER_ONLY:
        raise ValueError(f"expected permissions like 0600, 0660 or 0666, got {shown(value)}")
    return mode


SocketMode = Annotated[
    int, BeforeValidator(socket_mode), WithJsonSchema({"type": ["string", "integer"], "examples": ["0660"]})
]


class ReadOnly(Section):
    """A second socket that only answers what is: for monitoring."""

    enabled: bool = Field(default=True, description="false: there is none")
    path: f.Folder | None = Field(None, description="The socket; default: data_dir/run/status.sock")
    group: f.Text | None = Field(None, min_length=1, description="Name of the group that may ask, too")
    mode: SocketMode = Field(_OWNER_ONLY, description="Permissions of the socket, like 0660")

    @model_validator(mode="after")
    def _others_can_reach_it(self) -> Self:
        if self.path is None and (self.group is not None or self.mode != _OWNER_ONLY):
            raise ValueError(
                "others cannot enter data_dir/run: give it a `path` in a folder that they can, like "
                "/run/herdsman/status.sock"
            )
        return self


class Control(Section):
    """The sockets that commands come through. There is no TCP port for them."""

    read_only: ReadOnly = Field(ReadOnly(), description="A second socket that only answers what is")
