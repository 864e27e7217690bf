"""Which files are measured: every ``.py`` of the standard library this interpreter runs on."""

import sysconfig
from pathlib import Path

_FOREIGN = {"site-packages", "dist-packages", "__pycache__"}


def library() -> Path:
    """Where the standard library stands."""
    return Path(sysconfig.get_path("stdlib"))


def source_files(root: Path) -> list[str]:
    """The ``.py`` files under ``root`` as sorted paths relative to it, without what pip installed."""
    names = (path.relative_to(root) for path in root.rglob("*.py"))
    return sorted(str(name) for name in names if not _FOREIGN.intersection(name.parts))
