"""The config file -> a checked Config, or every problem it has."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from config.problems import ConfigError, Mark, Marks, Problem

if TYPE_CHECKING:
    from config.marks import Document
    from config.schema import Config

LARGEST_FILE = 1 << 20
"""A larger config file is refused, bytes."""


def load(path: Path, environ: Mapping[str, str] | None = None) -> "Config":
    """Read, fill and check a config file.

    Args:
        path: the file. Messages name it as it is given here.
        environ: what fills `${VAR}` and overrides keys; None is this process's environment.

    Raises:
        ConfigError: with every problem, in the order of the file. Nothing else is raised for a bad file.
    """
    # Imported when needed: pydantic and yaml cost 12 MB, and `import config` alone must stay small.
    from config.environment import expand, override
    from config.marks import read
    from config.schema import Config

    variables = os.environ if environ is None else environ
    document = read(_text(path), str(path))
    if document.unparsed:  # a text that is not YAML says nothing about its keys
        raise ConfigError(document.problems)
    override(document, variables, Config.model_fields)
    expand(document, variables)
    # `redis:` with nothing under it is asked for its url: taken as left out, jobs would go to another store.
    if isinstance(document.root, dict) and document.root.get("redis", "") is None:
        document.root["redis"] = {}
    config = _validated(document, path)
    if document.problems or config is None:
        raise ConfigError(sorted(document.problems, key=lambda problem: (not problem.mark.line, problem.mark)))
    return config


def _validated(document: "Document", path: Path) -> "Config | None":
    """The model, or None with the reasons added to the document's problems."""
    from pydantic import ValidationError

    from config.rules import broken
    from config.schema import Config
    from config.wording import problems

    # A value that was complained of is not complained of again.
    known = {(problem.path, problem.mark) for problem in document.problems}
    config = None
    try:
        context = {"path": Path(os.path.abspath(path)), "marks": Marks(document.nearest)}  # noqa: PTH100  # lexical: a link's own folder counts
        config = Config.model_validate(document.root, context=context)
    except ValidationError as error:
        found = problems(error, document)
        document.problems += [problem for problem in found if (problem.path, problem.mark) not in known]
    if isinstance(document.root, dict):
        for place, message in broken(document.root):
            document.complain(document.nearest(place), place, message)
    return config


def _text(path: Path) -> str:
    """The file's text.

    Raises:
        ConfigError: it cannot be read, is too large or is not UTF-8.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _unreadable(Mark(str(path)), f"cannot be read: {reason}", "name the file with -c FILE") from error
    if len(content) > LARGEST_FILE:
        raise _unreadable(Mark(str(path)), "is larger than 1 MiB: this is no config file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        mark = Mark(str(path), before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise _unreadable(mark, f"byte 0x{content[error.start]:02x} is not UTF-8", "save the file as UTF-8") from error


def _unreadable(mark: Mark, message: str, hint: str = "") -> ConfigError:
    return ConfigError([Problem(mark, (), message, hint)])
