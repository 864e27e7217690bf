"""`watch:` of a program or a pool: a change of its files starts it anew."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from config import fields as f
from config.section import Section


def _one_is_a_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Watch(Section):
    """Which files, and how long after the last change."""

    paths: Annotated[tuple[f.Folder, ...], BeforeValidator(_one_is_a_list), Field(min_length=1)] = Field(
        description="Folders (with all in them) or files; relative to this file"
    )
    ignore: Annotated[tuple[f.Text, ...], BeforeValidator(_one_is_a_list), f.AsList] = Field(
        (), description="Patterns like *.log or build/*: of a name, or of a path below `paths`"
    )
    debounce: f.Duration = Field(0.5, ge=0.05, le=60.0, description="Quiet for so long before it is acted on")
