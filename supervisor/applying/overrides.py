"""What people have set at run time, over the file: `scale`, `stop`. It outlives the supervisor.

One small file, data_dir/run/overrides.json, replaced whole after a command that changed something, and by nothing
else: no shutdown, crash or start writes it. An entry counts only while the file says what it said when it was made.
"""

import json
import logging
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from supervisor.applying.in_force import replace

log = logging.getLogger(__name__)

_VERSION = 1
_LARGEST = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Override:
    """What was set for one pool or program. `instances` None: as the file says; `file` is what that was then."""

    instances: int | None = None
    file: int = 0
    stopped: bool = False

    @property
    def empty(self) -> bool:
        """Whether it says nothing."""
        return self.instances is None and not self.stopped

    @property
    def text(self) -> str:
        """For people."""
        parts = [f"instances {self.instances} (file: {self.file})"] if self.instances is not None else []
        return ", ".join([*parts, *(["stopped"] if self.stopped else [])])


class Overrides:
    """Duties: know them by name, keep them on disk. Names the config does not know (any more) stay as they are."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)

    def get(self, name: str) -> Override:
        """Answer what is set for a pool or program."""
        return self._known.get(name, Override())

    def all(self) -> dict[str, Override]:
        """Answer all that is set."""
        return dict(self._known)

    def update(self, found: Mapping[str, Override]) -> None:
        """Take what is set now for these names, and write when that is new."""
        known = {**self._known, **found}
        self._keep({name: one for name, one in known.items() if not one.empty})

    def drop(self, *names: str) -> None:
        """Forget what is set for these names."""
        self._keep({name: one for name, one in self._known.items() if name not in names})

    def _keep(self, known: dict[str, Override]) -> None:
        if known == self._known:
            return
        self._known = known
        try:
            replace(self._path, _written(known))
        except OSError as error:
            log.error(  # noqa: TRY400  the reason is in the text
                "%s cannot be written (%s): what was set holds until the supervisor ends", self._path, error.strerror
            )


def _written(known: Mapping[str, Override]) -> bytes:
    entries = {
        name: {"instances": one.instances, "file": one.file, "stopped": one.stopped}
        for name, one in sorted(known.items())
    }
    return json.dumps({"version": _VERSION, "overrides": entries}, indent=2).encode() + b"\n"


def _read(path: Path) -> dict[str, Override]:
    """Answer what the file holds; a damaged one is kept aside and counts for nothing."""
    try:
        raw = _content(path)
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.warning("%s cannot be read (%s): nothing is overridden", path, error.strerror or error)
        return {}
    try:
        return _parsed(raw)
    except (ValueError, RecursionError) as error:
        aside = path.with_name(f"{path.name}.damaged")
        log.warning("%s is damaged (%s): nothing is overridden; it is kept as %s", path, error, aside.name)
        try:
            path.replace(aside)
        except OSError as why:
            log.warning("%s cannot be kept aside: %s", path, why.strerror)
        return {}


def _content(path: Path) -> bytes:
    with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:  # noqa: PTH123  a file number
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(0, "no ordinary file")
        return file.read(_LARGEST + 1)


def _parsed(raw: bytes) -> dict[str, Override]:
    if len(raw) > _LARGEST:
        raise ValueError("it is larger than 1 MiB")
    value = json.loads(raw)
    if not isinstance(value, dict) or value.get("version") != _VERSION or not isinstance(value.get("overrides"), dict):
        raise ValueError(f'expected {{"version": {_VERSION}, "overrides": {{…}}}}')
    return {name: _one(name, entry) for name, entry in value["overrides"].items()}


def _one(name: str, entry: Any) -> Override:
    if not isinstance(entry, dict):
        raise ValueError(f"the entry of {name!r} is no mapping")  # noqa: TRY004  one kind for all that is damaged
    instances, file, stopped = entry.get("instances"), entry.get("file"), entry.get("stopped")
    if not _whole(file) or not (instances is None or _whole(instances)) or not isinstance(stopped, bool):
        raise ValueError(f"the entry of {name!r} makes no sense")
    return Override(instances, file, stopped)


def _whole(value: Any) -> TypeGuard[int]:
    return type(value) is int and 0 <= value <= _LARGEST
