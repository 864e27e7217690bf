"""What a good config asks of this host and cannot get: files or packages that are not there, users that nobody knows.

The file itself may be right, and another process that reads it (a gateway in its own container, a program under
another user) must not fail over this: so the supervisor asks, at its start and for `check`, and nobody else.
"""

import os
from collections.abc import Iterator

from config import Config, ConfigError, Program
from config.env_files import read
from config.problems import Path, Problem
from config.watch import Watch
from supervisor.processes.confines import NoSuchUserError, confines, hard_limit


def misfits(config: Config) -> list[Problem]:
    """Answer every problem, each with its place in the file."""
    found = []
    for index, program in enumerate(config.programs):
        place: Path = ("programs", index)
        found += [
            *_env_files(config, program, place),
            *_user(config, program, place),
            *_limits(config, program, place),
        ]
        found += _watched(config, program.watch, (*place, "watch", "paths"))
    for index, pool in enumerate(config.pools):
        found += _watched(config, pool.watch, ("pools", index, "watch", "paths"))
    if absent := config.tracing.missing():
        place = ("tracing", "enabled")
        found.append(Problem(config.mark(*place), place, absent))
    return found


def refuse_misfits(config: Config) -> None:
    """Raise ConfigError when this host cannot do what the config asks."""
    found = misfits(config)
    if found:
        raise ConfigError(found)


def _env_files(config: Config, program: Program, place: Path) -> Iterator[Problem]:
    for number, file in enumerate(program.env_file):
        path: Path = (*place, "env_file", number)
        try:
            read(file)
        except OSError as error:
            hint = "`optional: true` allows for that" if isinstance(error, FileNotFoundError) else ""
            yield Problem(config.mark(*path), path, f"{file.path} cannot be read: {error.strerror}", hint)
        except ConfigError as error:
            yield from error.problems


def _user(config: Config, program: Program, place: Path) -> Iterator[Problem]:
    key = "user" if program.user is not None else "group"
    path: Path = (*place, key)
    try:
        wanted = confines(program)
    except NoSuchUserError as error:
        yield Problem(config.mark(*path), path, str(error))
        return
    if os.geteuid() != 0 and (wanted.uid, wanted.gid) != (None, None):
        message = f"needs a supervisor that is run by root; this one is run by user {os.geteuid()}"
        yield Problem(config.mark(*path), path, message, "leave it out, or start the supervisor as root")


def _limits(config: Config, program: Program, place: Path) -> Iterator[Problem]:
    if os.geteuid() == 0:
        return
    for name, _soft, hard in program.limits.given():
        most = hard_limit(name)
        if most != -1 and (hard == -1 or hard > most):
            path: Path = (*place, "limits", name)
            yield Problem(config.mark(*path), path, f"is above the supervisor's own hard limit, {most}")
    if program.nice is not None and program.nice < os.getpriority(os.PRIO_PROCESS, 0):
        path = (*place, "nice")
        yield Problem(config.mark(*path), path, "is below the supervisor's own: only root can go there")


def _watched(config: Config, watch: Watch | None, place: Path) -> Iterator[Problem]:
    for number, path in enumerate(watch.paths if watch else ()):
        if not path.exists():
            where: Path = (*place, number)
            yield Problem(config.mark(*where), where, f"there is no {path} to be watched")
