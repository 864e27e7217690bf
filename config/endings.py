"""How processes end, and signals, as the file names them."""

import signal
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from config.fields import whole
from config.units import shown

_MOST = 255
_UNSTOPPABLE = frozenset({signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGCONT})


def signal_name(value: object) -> str:
    """Answer the full name of a signal, from `TERM`, `SIGTERM` or `sigterm`.

    Raises:
        ValueError: there is none of that name.
    """
    if isinstance(value, str):
        name = value.strip().upper()
        full = name if name.startswith("SIG") else f"SIG{name}"
        if full in signal.Signals.__members__:
            return signal.Signals[full].name
    raise ValueError(f"expected the name of a signal, like TERM or SIGINT, got {shown(value)}")


def stop_signal(value: object) -> str:
    """Answer the full name of a signal that can end a process."""
    name = signal_name(value)
    if signal.Signals[name] in _UNSTOPPABLE:
        raise ValueError(f"{name} does not ask a process to leave: expected one like TERM, INT, QUIT or USR1")
    return name


def ending(value: object) -> int | str:
    """Answer an exit code (0 to 255) or the full name of a signal: the two ways in which a process ends.

    Raises:
        ValueError: it is neither.
    """
    try:
        code = whole(value)
    except ValueError:
        try:
            return signal_name(value)
        except ValueError:
            raise ValueError(f"expected an exit code or the name of a signal, got {shown(value)}") from None
    if not 0 <= code <= _MOST:
        raise ValueError(f"an exit code is from 0 to {_MOST}, got {code}; a signal is given by name, like SIGTERM")
    return code


Ending = Annotated[
    int | str,
    BeforeValidator(ending),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0, "maximum": _MOST}, {"type": "string"}]}),
]
StopSignal = Annotated[str, BeforeValidator(stop_signal), WithJsonSchema({"type": "string", "examples": ["SIGINT"]})]
