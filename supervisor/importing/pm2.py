"""PM2's ecosystem file: JSON, or YAML; one written in JavaScript is turned into JSON by its owner first."""

import json
import shlex
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

import yaml

from supervisor.importing.found import (
    Found,
    Imported,
    ImportFileError,
    label,
    plain,
    renamed,
    seconds,
    unique,
    whole,
)

_BY_ENDING = MappingProxyType(
    {".js": "node", ".cjs": "node", ".mjs": "node", ".ts": "ts-node", ".py": "python", ".sh": "bash", ".rb": "ruby",
     ".pl": "perl", ".php": "php"}
)  # fmt: skip
_HANDLED = frozenset(
    {"name", "script", "args", "interpreter", "exec_interpreter", "interpreter_args", "interpreterArgs", "node_args",
     "nodeArgs", "exec_mode", "instances", "env", "increment_var", "watch", "ignore_watch", "watch_delay",
     "autorestart", "stop_exit_codes", "exp_backoff_restart_delay", "uid", "user", "gid", "namespace", "autostart",
     "instance_var", "cwd", "cron_restart", "cron", "kill_timeout", "restart_delay", "max_restarts", "min_uptime",
     "max_memory_restart"}
)  # fmt: skip
# Keys that need nothing here, or something else; all others are told by name.
_REMARKS = MappingProxyType(
    {
        "out_file": "its output goes to data_dir/logs under its name, rotated",
        "error_file": "its output goes to data_dir/logs under its name, rotated",
        "log_file": "its output goes to data_dir/logs under its name, rotated",
        "merge_logs": "all instances write one file, each line tagged with its instance",
        "combine_logs": "all instances write one file, each line tagged with its instance",
        "log_date_format": "every line bears a UTC time",
        "wait_ready": "PM2 waits for process.send('ready'); here `ready:` waits for a port, a line, HTTP or sd_notify",
        "listen_timeout": "set `ready: {timeout: …}`",
        "treekill": "the leader is asked, and what is left of its group is killed at the end; see stop_group",
        "shutdown_with_message": "a signal is sent, see stop_signal",
        "force": "a name is used once",
        "source_map_support": "pass node's --enable-source-maps",
    }
)


def load(text: str, file_name: str) -> Any:
    """Answer what an ecosystem file says.

    Raises:
        ImportFileError: it is no JSON and no YAML.
    """
    if PurePosixPath(file_name).suffix in (".js", ".cjs", ".mjs"):
        raise ImportFileError(
            f"{file_name} is a program; turn it into data first: node -p "
            f"'JSON.stringify(require(\"./{PurePosixPath(file_name).name}\"))' > ecosystem.config.json"
        )
    try:
        return json.loads(text) if file_name.endswith(".json") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        hint = " (comments and commas at the end are no JSON)" if file_name.endswith(".json") else ""
        raise ImportFileError(f"{file_name} cannot be read: {error}{hint}") from None


def read(text: str, file_name: str = "ecosystem.config.json") -> Imported:
    """Make programs of an ecosystem file.

    Raises:
        ImportFileError: it is none.
    """
    root = load(text, file_name)
    apps = root.get("apps", root.get("pm2")) if isinstance(root, dict) else root
    apps = [apps] if isinstance(apps, dict) else apps
    if not isinstance(apps, list) or not all(isinstance(app, dict) for app in apps):
        raise ImportFileError(f"{file_name} has no `apps`: expected a list of programs there")
    imported, names = Imported(), set[str]()
    if isinstance(root, dict) and root.get("deploy"):
        imported.remarks.append("`deploy` is left out: deploying is another program's work")
    for app in apps:
        if not app.get("script"):
            imported.remarks.append(f"an app without a script was left out: {app.get('name', 'it has no name')}")
            continue
        imported.programs.append(_program(app, names))
    return imported


def _program(app: Mapping[str, Any], names: set[str]) -> Found:
    wanted = str(app.get("name") or PurePosixPath(str(app["script"])).stem)
    found = Found(unique(names, wanted))
    found.remarks += renamed(wanted, found.name)
    found.keys["command"] = _command(app)
    if app.get("cwd"):
        found.keys["cwd"] = plain(app["cwd"])
    _count(app, found)
    _environment(app, found)
    _endings(app, found)
    _watch(app, found)
    for theirs, (ours, change) in _SAME.items():
        if app.get(theirs) not in (None, "", False):
            found.keys[ours] = change(app[theirs])
    _cron(app, found)
    found.keys["stop_signal"] = "SIGINT"  # what PM2 sends
    if app.get("autostart") is False:
        found.keys["enabled"] = False
    for key in app:
        if key.startswith("env_"):
            found.remarks.append(
                f"{key}: there are no named sets here; put them into an env_file each, or use ${{VAR}}"
            )
        elif key in _REMARKS:
            found.remarks.append(f"{key}: {_REMARKS[key]}")
        elif key not in _HANDLED:
            found.remarks.append(f"{key}: there is no such key here")
    return found


def _command(app: Mapping[str, Any]) -> list[str]:
    script = str(app["script"])
    interpreter = app.get("interpreter", app.get("exec_interpreter"))
    words = _words(script) if interpreter is None and " " in script else [script]
    if interpreter is None:
        interpreter = _BY_ENDING.get(PurePosixPath(words[0]).suffix)
    options = [
        word
        for key in ("interpreter_args", "interpreterArgs", "node_args", "nodeArgs")
        for word in _words(app.get(key))
    ]
    before = [] if interpreter in (None, "", "none") else [str(interpreter), *options]
    if not before and "/" in words[0] and not words[0].startswith(("/", ".")):
        words[0] = f"./{words[0]}"
    return [plain(word) for word in (*before, *words, *_words(app.get("args")))]


def _words(value: Any) -> list[str]:
    if value is None:
        return []
    if isinstance(value, list):
        return [str(word) for word in value]
    try:
        return shlex.split(str(value))
    except ValueError:
        return str(value).split()


def _count(app: Mapping[str, Any], found: Found) -> None:
    count = app.get("instances")
    if count is not None:
        found.keys["instances"] = "max" if str(count) in ("max", "0") else whole(count, "instances")
    if str(app.get("exec_mode", "")).startswith("cluster"):
        found.remarks.append(
            "exec_mode cluster: instances share no listening socket here; give each a port, like "
            'env: {PORT: "{{3000 + instance}}"}, or let them listen with SO_REUSEPORT'
        )
    found.keys["instance_var"] = str(app.get("instance_var") or "NODE_APP_INSTANCE")


def _environment(app: Mapping[str, Any], found: Found) -> None:
    env = app.get("env")
    made = {str(name): plain(_said(value)) for name, value in env.items()} if isinstance(env, dict) else {}
    counted = app.get("increment_var")
    if counted and _is_whole(made.get(str(counted))):
        made[str(counted)] = f"{{{{{made[str(counted)]} + instance}}}}"
    elif counted:
        found.remarks.append(f"increment_var: {counted} is not a number in env")
    if made:
        found.keys["env"] = made


def _said(value: Any) -> str:
    """What a program of PM2's finds in its environment: `true`, not Python's `True`; of an object its JSON."""
    return (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    )


def _cron(app: Mapping[str, Any], found: Found) -> None:
    for key in ("cron", "cron_restart"):
        if str(app.get(key) or "0").strip() != "0":  # PM2 takes 0 for never
            found.keys["cron_restart"] = str(app[key])


def _endings(app: Mapping[str, Any], found: Found) -> None:
    if app.get("autorestart") is False:
        found.keys["restart"] = "never"
    codes = app.get("stop_exit_codes")
    if codes is not None:
        found.keys["final_exits"] = [whole(code, "stop_exit_codes") for code in _listed(codes)]
        found.remarks.append("stop_exit_codes: exit codes only, a signal is never taken for exit code 0 here")
    first = app.get("exp_backoff_restart_delay")
    if first:
        found.keys["backoff"] = {"base": _duration(first), "factor": 1.5, "max": "15s"}
    for key, name in (("uid", "user"), ("user", "user"), ("gid", "group")):
        if app.get(key) is not None:
            found.keys[name] = plain(app[key])


def _watch(app: Mapping[str, Any], found: Found) -> None:
    watched = app.get("watch")
    if not watched:
        return
    paths = [plain(app.get("cwd", "."))] if watched is True else [plain(path) for path in _listed(watched)]
    made: dict[str, Any] = {"paths": paths}
    ignored = [plain(path) for path in _listed(app.get("ignore_watch"))]
    if ignored:
        made["ignore"] = ignored
        found.remarks.append("ignore_watch: patterns of names and paths are meant here, not regular expressions")
    if app.get("watch_delay"):
        made["debounce"] = _duration(app["watch_delay"])
    found.keys["watch"] = made


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _is_whole(value: object) -> bool:
    try:
        int(str(value))
    except ValueError:
        return False
    return True


def _duration(value: Any) -> str:
    """PM2 takes milliseconds as a number, or text like 5s."""
    return seconds(float(value)) if _is_whole(value) else str(value)


# Their key -> ours, and how its value is changed.
_SAME: Mapping[str, tuple[str, Callable[[Any], Any]]] = MappingProxyType(
    {
        "kill_timeout": ("stop_timeout", _duration),
        "restart_delay": ("restart_delay", _duration),
        "max_restarts": ("max_restarts", lambda value: whole(value, "max_restarts")),
        "min_uptime": ("min_uptime", _duration),
        "max_memory_restart": ("max_memory_restart", str),
        "namespace": ("namespace", lambda value: label(str(value))),
    }
)
