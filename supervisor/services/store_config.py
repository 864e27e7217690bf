"""The embedded store's configuration, and what its log says about damage. Pure."""

from dataclasses import dataclass
from pathlib import Path

APPEND_DIR = "appendonlydir"
_MANIFEST_END = ".manifest"

# What the server writes before it refuses to start from a damaged append-only file.
_DAMAGE = (
    "Bad file format reading the append only file",
    "Unexpected end of file reading the append only file",
    "Unrecoverable error reading the append only file",
    "Fatal error loading the DB",
    "Error opening/loading append only file",
    "AOF loading aborted because there is no such file",
    "Invalid AOF manifest file format",
    "Wrong signature trying to load DB from file",
    "Unable to obtain the AOF file",
    "Terminating server after rdb file reading failure",
)
_CUT_TAIL = "AOF loaded anyway because aof-load-truncated is enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFiles:
    """Where the embedded store keeps what."""

    folder: Path
    socket: Path
    pid_file: Path
    log_file: Path


def render(files: StoreFiles, *, fsync: str, max_memory: int) -> str:
    """Answer the text for the server's standard input.

    Args:
        files: where everything goes.
        fsync: "everysec" or "always".
        max_memory: bytes; 0 means no limit.
    """
    lines = [
        "port 0",
        f"unixsocket {_quoted(files.socket)}",
        "unixsocketperm 700",
        f"dir {_quoted(files.folder)}",
        f"pidfile {_quoted(files.pid_file)}",
        f"logfile {_quoted(files.log_file)}",
        "daemonize no",
        "appendonly yes",
        f"appendfsync {fsync}",
        f'appenddirname "{APPEND_DIR}"',
        "aof-use-rdb-preamble yes",
        # A write that a power cut left unfinished at the very end is nothing that was ever acknowledged as durable.
        # All other damage stops the server, and is told.
        "aof-load-truncated yes",
        'save ""',
        "maxmemory-policy noeviction",
        # Its title would be written over its environment, by which its owner can be told from /proc.
        "set-proc-title no",
        *([f"maxmemory {max_memory}"] if max_memory else []),
    ]
    return "\n".join(lines) + "\n"


def damage(log_text: str) -> str | None:
    """Answer the line of the server's log that tells of damaged data, None when it tells of none."""
    for line in reversed(log_text.splitlines()):
        if any(sign in line for sign in _DAMAGE):
            return line.strip()
    return None


def cut_tail(log_text: str) -> bool:
    """Tell whether the server dropped an unfinished write at the end of its data."""
    return _CUT_TAIL in log_text


def lost_manifest(names: list[str]) -> bool:
    """Tell whether the append-only folder holds data but not the list of it.

    The server would take such a folder for a new one and begin with nothing.
    """
    has_data = any(name.endswith((".aof", ".rdb")) for name in names)
    return has_data and not any(name.endswith(_MANIFEST_END) for name in names)


def advice(said: str, files: StoreFiles) -> str:
    """Answer what to tell a human about damaged data."""
    return (
        f"the store's data in {files.folder / APPEND_DIR} cannot be read ({said}). Nothing was changed. Copy that "
        "folder first; then repair the file named in "
        f"{files.log_file} with `valkey-check-aof --fix FILE` (it cuts the file at the damage), or put a backup in "
        "its place. The start is tried again every 10 s, and at once by `start store`"
    )


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
