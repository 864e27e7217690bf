"""A part of the config in plain data, without what is secret. Pure."""

from collections.abc import Mapping
from typing import Any

from config import redact
from config.section import Section

HIDDEN = "…"


def shown(section: Section) -> dict[str, Any]:
    """Answer its keys as they are written in the file; of those that may hold secrets (`repr=False`) no value.

    Passwords in addresses are `***` wherever they stand: in a command, too.
    """
    return {
        info.alias or name: _plain(getattr(section, name)) if info.repr else _hidden(getattr(section, name))
        for name, info in type(section).model_fields.items()
    }


def _hidden(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict.fromkeys(map(str, value), HIDDEN)
    return HIDDEN if value else value


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        return shown(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))
