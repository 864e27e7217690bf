"""What the server says of itself."""

from engine.job import StoreFigures


def store_figures(info: bytes, swept_ms: bytes | None) -> StoreFigures:
    """The figures in an INFO reply. Valkey calls itself redis 7.2.4 for old clients; its own name is beside it."""
    fields = dict(line.split(":", 1) for line in info.decode("utf-8", "replace").splitlines() if ":" in line)
    valkey = fields.get("valkey_version")
    return StoreFigures(
        memory=int(fields.get("used_memory", 0)),
        memory_limit=int(fields.get("maxmemory", 0)),
        last_sweep_at=float(swept_ms or 0) / 1000,
        server="valkey" if valkey else fields.get("server_name", "redis"),
        version=valkey or fields.get("redis_version", "unknown"),
    )
