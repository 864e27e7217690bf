"""`logs:` in the config file, and `log:` of a pool or a program."""

from typing import Literal, Self

from pydantic import Field, model_validator

from config import fields as f
from config.section import Section


class Logs(Section):
    """The files under data_dir/logs."""

    format: Literal["text", "json"] = Field("text", description="json: one object a line")
    max_size: f.Size = Field(10 << 20, ge=4096, description="A file is rotated at this size")
    max_total: f.Size = Field(100 << 20, ge=4096, description="All files together; the oldest are removed")
    rotate_every: f.Duration = Field(0.0, description="A file is rotated so long after its first line; 0: by size only")
    max_age: f.Duration = Field(0.0, description="Rotated files older than this are removed; 0: never for their age")
    compress: Literal["gzip", "none"] = Field("gzip", description="What is done with rotated files")
    per_worker: bool = Field(default=False, description="Write the lines of each worker to a file of its own, too")
    echo: bool = Field(default=True, description="Show output on the terminal too")

    @model_validator(mode="after")
    def _room_for_one_file(self) -> Self:
        if self.max_total < self.max_size:
            raise ValueError(f"max_total ({self.max_total} bytes) is less than max_size ({self.max_size} bytes)")
        return self


class Log(Section):
    """How the lines of one pool or program are treated; what is left out is as under `logs`."""

    echo: bool | None = Field(None, description="Show its output on the terminal too; default: logs.echo")
    per_worker: bool | None = Field(None, description="A file for each process, too; default: logs.per_worker")
