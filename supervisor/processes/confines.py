"""Who a program runs as, and what it may use: worked out before the fork, assumed between fork and exec."""

import grp
import os
import pwd
import resource
from dataclasses import dataclass

from config import Program


class NoSuchUserError(Exception):
    """This host has no such user or group; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confines:
    """Plain numbers. None, or nothing: as the supervisor's own."""

    uid: int | None = None
    gid: int | None = None
    groups: tuple[int, ...] = ()
    umask: int | None = None
    nice: int | None = None
    limits: tuple[tuple[str, int, int], ...] = ()  # name as in RLIMIT_NAME, soft, hard; -1 is without limit

    def assume(self) -> None:
        """Take all of it on; for the child, before it executes anything. What needs privileges goes first.

        Raises:
            OSError: the kernel refuses; the text says what.
        """
        if self.umask is not None:
            os.umask(self.umask)
        if self.nice is not None:
            _tried(f"nice: {self.nice}", os.setpriority, os.PRIO_PROCESS, 0, self.nice)
        for name, soft, hard in self.limits:
            _tried(f"limits: {name}", resource.setrlimit, _resource(name), (soft, hard))
        if self.gid is not None:
            _tried("group", os.setgroups, list(self.groups))
            _tried("group", os.setgid, self.gid)
        if self.uid is not None:
            _tried("user", os.setuid, self.uid)


def confines(program: Program) -> Confines:
    """Answer those of a program. User and group are looked up here, once, so that no start waits for a directory.

    Raises:
        NoSuchUserError: this host does not know the user or the group.
    """
    user = None if program.user is None else _user(program.user)
    gid = user.pw_gid if user else None
    if program.group is not None:
        gid = _group(program.group)
    groups: list[int] = []
    if gid is not None:
        groups = os.getgrouplist(user.pw_name, gid) if user else [gid]
    uid = user.pw_uid if user else None
    return Confines(
        uid=uid, gid=gid, groups=tuple(groups), umask=program.umask, nice=program.nice, limits=program.limits.given()
    )


def home(program: Program) -> dict[str, str]:
    """Answer the variables that go with another user."""
    if program.user is None:
        return {}
    user = _user(program.user)
    return {"HOME": user.pw_dir, "USER": user.pw_name, "LOGNAME": user.pw_name, "SHELL": user.pw_shell}


def hard_limit(name: str) -> int:
    """Answer our own hard limit, -1 for none: nobody but root can go beyond it."""
    return resource.getrlimit(_resource(name))[1]


def _resource(name: str) -> int:
    return int(getattr(resource, f"RLIMIT_{name.upper()}"))


def _user(name: str) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(int(name)) if name.isdecimal() else pwd.getpwnam(name)
    except (KeyError, OverflowError):
        raise NoSuchUserError(f"this host has no user {name!r}") from None


def _group(name: str) -> int:
    try:
        return (grp.getgrgid(int(name)) if name.isdecimal() else grp.getgrnam(name)).gr_gid
    except (KeyError, OverflowError):
        raise NoSuchUserError(f"this host has no group {name!r}") from None


def _tried(what: str, call: object, *arguments: object) -> None:
    try:
        call(*arguments)  # type: ignore[operator]  # one of the calls above
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OSError(getattr(error, "errno", None) or 1, f"{what} is refused: {reason}") from None
