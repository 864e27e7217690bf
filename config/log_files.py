"""`logs:` in the config file."""

from typing import Self

from pydantic import Field, model_validator

from config import fields as f
from config.section import Section


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
