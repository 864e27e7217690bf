"""Import the modules that hold tasks, and turn what goes wrong into an error that says what to do."""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path

from worker.durations import TaskError
from worker.tasks.clashes import NameTaken, check_our_own, clashes
from worker.tasks.registry import Registry, tasks


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
    try:
        check_our_own()
    except NameTaken as error:
        raise LoadError(str(error)) from None
    modules = list(modules)
    for module in modules:
        _import(module)
        imported(module)
    names = registry.names()
    if not names:
        listed = ", ".join(modules) or "none are listed under `tasks:`"
        raise LoadError(f"no task was found in the modules of this pool ({listed}); decorate one with @task")
    return names


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
