"""Where our packages come from: all from one folder, or the start is refused.

PyPI has other packages named `supervisor` and `config`. Installed beside ours they overwrite files of ours, or
come first in the search path; then half of the program would be somebody else's.
"""

import importlib.util
from pathlib import Path

PACKAGES = ("config", "engine", "gateway", "janitor", "scoreboard", "supervisor", "worker")
ROOT = Path(__file__).resolve().parent.parent


def clashes(root: Path = ROOT, packages: tuple[str, ...] = PACKAGES) -> list[str]:
    """Answer one sentence for each package that is found elsewhere, or not at all. Imports nothing."""
    return [said for name in packages if (said := _clash(root, name))]


def _clash(root: Path, name: str) -> str | None:
    spec = importlib.util.find_spec(name)
    if spec is None:
        return f"the package {name!r} of herdsman is missing: install herdsman again"
    # The pieces of a package: its __init__ and the folders its modules are searched in.
    found = [Path(place).resolve() for place in spec.submodule_search_locations or ()]
    if spec.origin:
        found.append(Path(spec.origin).resolve().parent)
    wrong = [place for place in found if place != root / name]
    if not wrong:
        return None
    return (
        f"the package {name!r} is found in {wrong[0]}, but herdsman lives in {root}: another distribution has the "
        f"same name. Give herdsman a virtual environment of its own, and do not name a file of yours {name}.py"
    )
