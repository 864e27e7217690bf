"""Our packages' names are ours: a user's file of such a name, where Python looks first, would be loaded for ours.

Imports nothing of ours, for it may not be ours.
"""

import importlib.util
import sys
from pathlib import Path

OURS = ("config", "engine", "scoreboard", "worker")
ROOT = Path(__file__).resolve().parents[2]


class NameTaken(Exception):
    """The text is complete and meant for people."""


def check_our_own() -> None:
    """Make sure that ``config``, ``engine`` … are ours and share one root.

    Raises:
        NameTaken: another package or a user's file has one of those names and stands first in the path.
    """
    for name in OURS:
        found = sys.modules.get(name)
        place = getattr(found, "__file__", None) if found else _origin(name)
        if place is None or not Path(place).resolve().is_relative_to(ROOT):
            raise NameTaken(
                f"the name {name!r} is taken: {place or 'nothing'} is found first, but herdsman's own is "
                f"{ROOT / name}; rename that file or package, or put it inside a package of your own"
            )


def clashes(folder: Path) -> list[Path]:
    """Files and packages in ``folder`` that bear one of our names (and are not ours)."""
    if folder.resolve() == ROOT:
        return []
    found = [folder / f"{name}.py" for name in OURS]
    found += [folder / name / "__init__.py" for name in OURS]
    return [path for path in found if path.is_file()]


def _origin(name: str) -> str | None:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return None
    return spec.origin if spec else None
