"""supervisord's config: an INI file with one section a program."""

import configparser
import re
import shlex
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from supervisor.importing.found import Found, Imported, ImportFileError, label, plain, renamed, unique, whole

_EXPANSION = re.compile(r"%\((\w+)\)(0?\d*)([sd])|%%")
# KEY="value", KEY='value' or KEY=value, up to a comma, the end of the line or of all.
_PAIR = re.compile(
    r"""[\s,]*(?P<key>[^\s=,"']+)\s*=[^\S\n]*"""
    r"""(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<bare>[^,\n"']*))[^\S\n]*(?=,|\n|\Z)""",
    re.DOTALL,
)
_NUMBERS = MappingProxyType({"numprocs": "instances", "startretries": "max_restarts"})
_TRUE = frozenset({"true", "yes", "on", "1"})
_HANDLED = frozenset(
    {"command", "directory", "environment", "umask", "user", "stopwaitsecs", "stopasgroup", "startsecs",
     "startretries", "process_name", "numprocs_start", "numprocs", "stopsignal", "autostart", "autorestart",
     "exitcodes"}
)  # fmt: skip
_REMARKS = MappingProxyType(
    {
        "priority": "order is by need here: `depends_on: {NAME: ready}`",
        "redirect_stderr": "both streams go to one log",
        "killasgroup": "what is left of a group is always killed at the end",
        "serverurl": "there is no such thing here",
    }
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a program stands: its name there and here, its group, the folder of the file."""

    name: str
    ours: str
    group: str | None
    here: str


def read(text: str, file_name: str = "supervisord.conf") -> Imported:
    """Make programs of a supervisord config.

    Raises:
        ImportFileError: it is none.
    """
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";",), strict=False)
    try:
        parser.read_string(text)
    except configparser.Error as error:
        raise ImportFileError(f"{file_name} cannot be read: {error}") from None
    imported, names = Imported(), set[str]()
    groups, here = _groups(parser), str(Path(file_name).absolute().parent)
    own = dict(parser["supervisord"]) if parser.has_section("supervisord") else {}
    for section in parser.sections():
        kind, _, name = section.partition(":")
        if kind in ("program", "fcgi-program", "eventlistener"):
            # What the daemon itself is given, all its programs have.
            said = {**dict(parser[section]), "everybody": own.get("environment", "")}
            place = _Place(name, unique(names, name), groups.get(name), here)
            imported.programs.append(_program(kind, place, said))
        elif kind == "include":
            imported.remarks.append(f"[include] {parser[section].get('files', '')}: import those files, too")
        elif kind in ("unix_http_server", "inet_http_server", "supervisorctl", "rpcinterface"):
            imported.remarks.append(f"[{section}]: the control socket is data_dir/run/control.sock, for this user only")
        elif kind == "supervisord":
            kept = ", ".join(key for key in own if key != "environment")
            imported.remarks += [f"[supervisord] {kept}: of the daemon itself; docs/config.md has ours"] if kept else []
        elif kind != "group":
            imported.remarks.append(f"[{section}]: there is no such thing here")
    if not imported.programs:
        raise ImportFileError(f"{file_name} has no [program:…] section")
    return imported


def _groups(parser: configparser.RawConfigParser) -> dict[str, str]:
    found = {}
    for section in parser.sections():
        kind, _, group = section.partition(":")
        if kind == "group":
            found.update({name.strip(): group for name in parser[section].get("programs", "").split(",")})
    return found


def _program(kind: str, place: _Place, said: dict[str, str]) -> Found:
    found = Found(place.ours, remarks=renamed(place.name, place.ours))
    keys, first = found.keys, whole(said.get("numprocs_start", "0"), "numprocs_start")
    everybody = said.pop("everybody")

    def filled(text: str) -> str:
        return _filled(text, found, place, first=first)

    keys["command"] = [filled(word) for word in _words(said.get("command", ""))]
    if "directory" in said:
        keys["cwd"] = filled(said["directory"])
    env = _environment(everybody, filled) | _environment(said.get("environment", ""), filled)
    if env:
        keys["env"] = env
    keys |= {key: plain(said[key]) for key in ("user", "umask") if key in said}
    keys |= {ours: whole(said[theirs], theirs) for theirs, ours in _NUMBERS.items() if theirs in said}
    if keys.get("max_restarts") == 0:
        keys["max_restarts"] = 1  # our 0 is the contrary: it never gives up
        found.remarks.append("startretries: 0 is no number here; it is FATAL after its second early end, not its first")
    _endings(said, found)
    if place.group is not None:
        keys["namespace"] = label(place.group)
    if said.get("autostart", "true").lower() not in _TRUE:
        keys["enabled"] = False
    _remark(kind, said, found)
    return found


def _remark(kind: str, said: Mapping[str, str], found: Found) -> None:
    if kind != "program":
        found.remarks.append(f"[{kind}]: it runs as an ordinary program; its protocol is not spoken here")
    for key in said:
        if key in _REMARKS:
            found.remarks.append(f"{key}: {_REMARKS[key]}")
        elif key.startswith(("stdout_", "stderr_")):
            _once(found, "stdout_…, stderr_…: output goes to data_dir/logs under its name, rotated")
        elif key not in _HANDLED:
            found.remarks.append(f"{key}: there is no such key here")


def _endings(said: Mapping[str, str], found: Found) -> None:
    keys = found.keys
    restart = said.get("autorestart", "unexpected").lower()
    keys["restart"] = {"unexpected": "on-failure"}.get(restart, "always" if restart in _TRUE else "never")
    codes = [whole(code, "exitcodes") for code in said.get("exitcodes", "0").split(",") if code.strip()]
    if codes != [0]:
        keys["success_exits"] = codes
    keys["stop_signal"] = _signal(said.get("stopsignal", "TERM").strip())
    if "stopwaitsecs" in said:
        keys["stop_timeout"] = f"{said['stopwaitsecs']}s"
    if said.get("stopasgroup", "").lower() in _TRUE:
        keys["stop_group"] = True
    if said.get("startsecs", "0") not in ("0", ""):
        keys["min_uptime"] = f"{said['startsecs']}s"


def _signal(text: str) -> str:
    """QUIT, SIGQUIT or 3."""
    if text.isdecimal():
        with suppress(ValueError):
            return signal.Signals(int(text)).name
    return f"SIG{text.upper().removeprefix('SIG')}"


def _environment(text: str, filled: Callable[[str], str]) -> dict[str, str]:
    """KEY="value",KEY2=value; a comma may be between quotes, and a line may end after one.

    Raises:
        ImportFileError: it is nothing of that kind.
    """
    made, at = {}, 0
    while match := _PAIR.match(text, at):
        value = match["double"]
        if value is not None:
            value = re.sub(r"\\([\\\"])", r"\1", value)
        else:
            value = match["single"] if match["single"] is not None else match["bare"].strip()
        made[match["key"]] = filled(value)
        at = match.end()
    if text[at:].strip(", \t\n"):
        after = f", and is not after {', '.join(made)}" if made else ""
        raise ImportFileError(f'environment should be KEY="value",KEY2="value"{after}')
    return made


def _filled(text: str, found: Found, place: _Place, *, first: int) -> str:
    """Their %(…)s in our words."""

    def value(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        name, width = match[1], match[2]
        if name == "process_num":
            if width:
                _once(found, f"%(process_num){width}d: numbers have no leading noughts here")
            return f"{{{{{first} + instance}}}}" if first else "{{instance}}"
        known = {"program_name": place.name, "group_name": place.group or place.name, "here": place.here}
        if name in known:
            return plain(known[name])
        if name.startswith("ENV_"):
            return f"${{{name[4:]}}}"
        _once(found, f"%({name})s is not known here")
        return match[0]

    parts, last = [], 0
    for match in _EXPANSION.finditer(text):
        parts += [plain(text[last : match.start()]), value(match)]
        last = match.end()
    return "".join([*parts, plain(text[last:])])


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command)
    except ValueError:
        return command.split()


def _once(found: Found, remark: str) -> None:
    if remark not in found.remarks:
        found.remarks.append(remark)
