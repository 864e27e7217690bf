"""Import the modules that hold tasks, and turn what goes wrong into an error that says what to do."""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from worker.durations import TaskError
from worker.tasks.registry import Registry, tasks

# Our own packages: a user's file of the same name beside the tasks would hide ours, or be hidden by it.
OURS = ("config", "engine", "scoreboard", "worker")
ROOT = Path(__file__).resolve().parents[2]


class LoadError(Exception):
    """Task modules could not be loaded; the text is complete and meant for people."""


def load(
    modules: Iterable[str],
    registry: Registry = tasks,
    folder: Path | None = None,
    imported: Callable[[str], None] = lambda _module: None,
) -> list[str]:
    """Import ``modules`` in order, and return the names of all tasks.

    folder: where the config file stands; it is searched last, so that it hides nothing. imported: told each module
    when it has been imported.

    Raises:
        LoadError: a module is missing or fails, one hides ours, or there is no task in any of them.
    """
    for place in (Path.cwd(), *([folder] if folder else [])):
        if str(place) not in sys.path:
            sys.path.append(str(place))
    check_our_own()
    modules = list(modules)
    for module in modules:
        _import(module)
        imported(module)
    names = registry.names()
    if not names:
        listed = ", ".join(modules) or "none are listed under `tasks:`"
        raise LoadError(f"no task was found in the modules of this pool ({listed}); decorate one with @task")
    return names


def check_our_own() -> None:
    """Make sure that ``config``, ``engine`` … are ours and share one root.

    Raises:
        LoadError: another package or a user's file has one of those names and stands first in the path.
    """
    for name in OURS:
        found = sys.modules.get(name)
        place = getattr(found, "__file__", None) if found else _origin(name)
        if place is None or not Path(place).resolve().is_relative_to(ROOT):
            raise LoadError(
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


def _import(module: str) -> None:
    try:
        importlib.import_module(module)
    except TaskError as error:
        raise LoadError(f"tasks: {module}: {error}") from None
    except ModuleNotFoundError as error:
        raise LoadError(_not_found(module, error)) from None
    except ImportError as error:
        raise LoadError(_failed(module, error) + _hint(error)) from None
    except BaseException as error:  # a module may even call sys.exit()
        if isinstance(error, KeyboardInterrupt):
            raise
        raise LoadError(_failed(module, error)) from None


def _not_found(module: str, error: ModuleNotFoundError) -> str:
    missing = error.name or ""
    if module == missing or module.startswith(missing + "."):
        return (
            f"tasks: there is no module {module!r}: no {missing!r} was found. Write it as in an import "
            f"statement (package.module, no .py); searched: {', '.join(_searched())}" + _hint(error)
        )
    return _failed(module, error) + _hint(error)


def _searched() -> list[str]:
    return [place or "." for place in sys.path]


def _failed(module: str, error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith("<frozen") and frame.filename != __file__]
    text = "".join(traceback.format_list(own))
    said = "".join(traceback.format_exception_only(error))
    return f"tasks: importing {module!r} failed:\n{text}{said}".rstrip()


def _hint(error: ImportError) -> str:
    """A user's own ``config.py`` shows as 'cannot import name … from config': say so."""
    name = (error.name or "").partition(".")[0]
    found = [path for place in {*sys.path, str(Path.cwd())} for path in clashes(Path(place or "."))]
    named = [path for path in found if name in (path.stem, path.parent.name)]
    if not named:
        return ""
    return (
        f"\n{named[0]} bears the name of herdsman's own package {name!r}, which is found first; "
        "rename it, or move it into a package of your own and import it from there"
    )
