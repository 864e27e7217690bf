"""The systemd unit for a config. Pure: text from values."""

import math
from dataclasses import dataclass
from pathlib import Path

WATCHDOG_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the unit is made of. Times in seconds; paths absolute."""

    config: Path
    python: Path
    folder: Path  # the working folder: task modules are searched there
    data_dir: Path
    stop_s: float
    user: str = ""  # of a system unit; "" leaves it out
    session: bool = False  # a unit of the user's own manager
    search_path: Path | None = None  # PYTHONPATH, where the package is not installed
    own_tmp: bool = True  # false when sockets stand under /tmp, where others must find them
    writable: tuple[Path, ...] = ()  # further places that are written to


def unit(facts: Facts) -> str:
    """Answer the text of the unit file."""
    words = (str(facts.python), "-m", "supervisor", "-c", str(facts.config))
    command = " ".join(_word(word).replace("$", "$$") for word in words)  # only there `$` begins a variable
    lines = [
        "[Unit]",
        f"Description=herdsman, {_plain(str(facts.config))}",
        *([] if facts.session else ["Wants=network-online.target", "After=network-online.target"]),
        "StartLimitIntervalSec=0",
        "",
        "[Service]",
        "# READY=1 comes when all workers run; while it waits for the store it asks for more time.",
        "Type=notify",
        "NotifyAccess=main",
        f"WatchdogSec={WATCHDOG_S}",
        *_user(facts),
        f"WorkingDirectory={_plain(str(facts.folder))}",
        *([f"Environment={_word(f'PYTHONPATH={facts.search_path}')}"] if facts.search_path else []),
        f"ExecStart={command}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        "Restart=on-failure",
        "RestartSec=1",
        "# 2: the config is wrong; the same file will not get better by itself.",
        "RestartPreventExitStatus=2",
        "# TERM to the supervisor alone, which drains; what is left at the end is killed.",
        "KillMode=mixed",
        "# Every stage of the stop with all the time that the config allows it.",
        f"TimeoutStopSec={math.ceil(facts.stop_s)}",
        "# One worker that was out of memory is replaced; it does not end the others.",
        "OOMPolicy=continue",
        "# MemoryMax=2G",
        "LimitNOFILE=65536",
        "UMask=0077",
        *_hardening(facts),
        "",
        "[Install]",
        f"WantedBy={'default' if facts.session else 'multi-user'}.target",
    ]
    return "\n".join(lines) + "\n"


def _user(facts: Facts) -> list[str]:
    if facts.session or not facts.user:
        return []
    warning = ["# Better a user of its own: `startup --run-as NAME`."] if facts.user == "root" else []
    return [*warning, f"User={facts.user}"]


def _hardening(facts: Facts) -> list[str]:
    lines = ["NoNewPrivileges=yes", "RestrictSUIDSGID=yes", "RestrictRealtime=yes", "LockPersonality=yes"]
    if facts.session:
        return lines  # a user's manager may not make file systems of its own
    places = " ".join(_word(str(place)) for place in dict.fromkeys((facts.data_dir, *facts.writable)))
    return [
        *lines,
        "# Tasks and programs that write elsewhere need that place here, too.",
        "ProtectSystem=strict",
        f"ReadWritePaths={places}",
        f"PrivateTmp={'yes' if facts.own_tmp else 'no'}",
        "ProtectKernelTunables=yes",
        "ProtectKernelModules=yes",
        "ProtectKernelLogs=yes",
        "ProtectClock=yes",
        "ProtectHostname=yes",
        "RestrictNamespaces=yes",
        "SystemCallArchitectures=native",
    ]


def _plain(text: str) -> str:
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """One word of a line of systemd's: quoted where it must be."""
    text = _plain(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"' if any(mark in text for mark in " \t;'\"") else text
