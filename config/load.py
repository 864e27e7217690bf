"""The config file -> a checked Config, or every problem it has."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from config.places import DATA_DIR
from config.problems import ConfigError, Mark, Marks, Problem

if TYPE_CHECKING:
    from config.marks import Document
    from config.schema import Config

LARGEST_FILE = 1 << 20
"""A larger config file is refused, bytes."""
SNAPSHOT_VARIABLE = "HERDSMAN_CONFIG_SNAPSHOT"
"""Where a supervisor keeps the text of HERDSMAN_CONFIG that it has applied."""


def load(path: Path, environ: Mapping[str, str] | None = None) -> "Config":
    """Read, fill and check a config file.

    A process that a supervisor started reads the text which that supervisor has applied: the file may have been
    edited since, and nobody has asked for that yet. Paths in it still count from the file's own folder.

    Args:
        path: the file. Messages name it as it is given here.
        environ: what fills `${VAR}` and overrides keys; None is this process's environment.

    Raises:
        ConfigError: with every problem, in the order of the file. Nothing else is raised for a bad file.
    """
    variables = os.environ if environ is None else environ
    return checked(_text(_source(path, variables), path), path, variables)


def reads_applied(path: Path, environ: Mapping[str, str] | None = None) -> bool:
    """Whether `load` reads the text of this file that a supervisor has applied, and not the file itself."""
    return _source(path, os.environ if environ is None else environ) != path


def read_regular(path: Path) -> str:
    """Read a config file without ever waiting: a pipe or a device in its place is refused.

    Raises:
        ConfigError: it cannot be read, is no ordinary file, is too large or is not UTF-8.
    """
    return _text(path, path, only_regular=True)


def data_dir(path: Path) -> Path:
    """The data_dir of a config file, also of one that has problems elsewhere.

    Whoever runs with it must be found while the file is being edited.

    Raises:
        ConfigError: not even that can be read.
    """
    found = _data_dir(path)
    return load(path).data_dir if found is None else found


def _data_dir(path: Path) -> Path | None:
    """Without the whole schema: a verb of the command line needs no more, and waits for no more."""
    from config.environment import expand, override
    from config.marks import read

    try:
        document = read(_text(_source(path, os.environ), path), str(path))
    except ConfigError:
        return None
    if document.unparsed:
        return None
    override(document, os.environ, ("data_dir",))
    root = document.root if isinstance(document.root, dict) else {}
    document.root = {key: root[key] for key in ("data_dir",) if key in root}
    document.problems.clear()
    expand(document, os.environ)
    written = document.root.get("data_dir", DATA_DIR)
    if document.problems or not isinstance(written, str) or not written or "\0" in written:
        return None
    try:
        return Path(os.path.abspath(path)).parent / Path(written).expanduser()  # noqa: PTH100  lexical, as in _validated
    except RuntimeError:  # of somebody who has no home
        return None


def checked(text: str, path: Path, environ: Mapping[str, str]) -> "Config":
    """Fill and check the text of a config file; see `load`.

    Raises:
        ConfigError: with every problem, in the order of the text.
    """
    # Imported when needed: pydantic and yaml cost 12 MB, and `import config` alone must stay small.
    from config.environment import expand, override
    from config.marks import read
    from config.schema import Config

    document = read(text, str(path))
    if document.unparsed:  # a text that is not YAML says nothing about its keys
        raise ConfigError(document.problems)
    override(document, environ, Config.model_fields)
    expand(document, environ)
    # `redis:` with nothing under it is asked for its url: taken as left out, jobs would go to another store.
    if isinstance(document.root, dict) and document.root.get("redis", "") is None:
        document.root["redis"] = {}
    config = _validated(document, path, text)
    if document.problems or config is None:
        raise ConfigError(sorted(document.problems, key=lambda problem: (not problem.mark.line, problem.mark)))
    return config


def _validated(document: "Document", path: Path, text: str) -> "Config | None":
    """The model, or None with the reasons added to the document's problems."""
    from pydantic import ValidationError

    from config.rules import broken
    from config.schema import Config
    from config.wording import problems

    # A value that was complained of is not complained of again.
    known = {(problem.path, problem.mark) for problem in document.problems}
    config = None
    try:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100  # lexical: a link's own folder counts
        context = {"text": text, "path": absolute, "marks": Marks(document.nearest)}
        config = Config.model_validate(document.root, context=context)
    except ValidationError as error:
        found = problems(error, document)
        document.problems += [problem for problem in found if (problem.path, problem.mark) not in known]
    if isinstance(document.root, dict):
        for place, message in broken(document.root):
            document.complain(document.nearest(place), place, message)
    return config


def _source(path: Path, environ: Mapping[str, str]) -> Path:
    """Where the text of a file is to be read: in the supervisor's snapshot, when it is of this very file."""
    snapshot, own = environ.get(SNAPSHOT_VARIABLE), environ.get("HERDSMAN_CONFIG")
    return Path(snapshot) if snapshot and own == os.path.abspath(path) else path  # noqa: PTH100  lexical


def _text(source: Path, path: Path, *, only_regular: bool = False) -> str:
    """The text of `source`; messages name `path`.

    Raises:
        ConfigError: it cannot be read, is too large or is not UTF-8.
    """
    try:
        # Opening a pipe would wait for its writer; where one is welcome (a shell's <(…)), that is what is wanted.
        flags = os.O_RDONLY | os.O_CLOEXEC | (os.O_NONBLOCK if only_regular else 0)
        with open(os.open(source, flags), "rb") as file:  # noqa: PTH123  a file number, not a path
            if only_regular and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise _unreadable(Mark(str(path)), "is no ordinary file", "a running supervisor reads only those")
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        where = "" if source == path else f" (the applied text of it, {source})"
        raise _unreadable(Mark(str(path)), f"cannot be read: {reason}{where}", "name the file with -c FILE") from error
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
