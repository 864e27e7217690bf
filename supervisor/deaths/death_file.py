"""Reading the death certificates that the logger wrote down, from the command line."""

import json
from pathlib import Path
from typing import Any

from supervisor.logger.register import older


def written(path: Path) -> dict[str, dict[str, Any]]:
    """Answer all certificates on disk by their id, the oldest first; a line that cannot be read is passed over."""
    found = {}
    for file in (older(path), path):
        try:
            lines = file.read_bytes().splitlines()
        except OSError:
            continue
        for line in lines:
            certificate = _read(line)
            if certificate is not None:
                found[str(certificate.get("id"))] = certificate
    return found


def merged(kept: list[dict[str, Any]], disk: dict[str, dict[str, Any]], name: str, limit: int) -> list[dict[str, Any]]:
    """Put what the supervisor knows of a name together with what is on disk, the oldest first. Pure.

    Only the disk has last lines; only the supervisor has those that no logger has written down.
    """
    mine = {key: one for key, one in disk.items() if name in (one.get("owner"), one.get("name"))}
    both = {**mine, **{one["id"]: {**one, "last_lines": mine.get(one["id"], {}).get("last_lines", [])} for one in kept}}
    return sorted(both.values(), key=lambda one: float(one.get("at", 0)))[-limit:]


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
