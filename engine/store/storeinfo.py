"""What the server says of itself."""

from collections.abc import Mapping

from engine.jobs.job import StoreFigures


def info_fields(info: bytes) -> dict[str, str]:
    """The fields of an INFO reply. Pure."""
    return dict(line.split(":", 1) for line in info.decode("utf-8", "replace").splitlines() if ":" in line)


def product(fields: Mapping[str, str]) -> str:
    """Who made the server. Valkey calls itself redis 7.2.4 for old clients; its own name is beside it. Pure."""
    return "valkey" if fields.get("valkey_version") else fields.get("server_name", "redis")


def store_figures(info: bytes, swept_ms: bytes | None) -> StoreFigures:
    """The figures in an INFO reply."""
    fields = info_fields(info)
    return StoreFigures(
        memory=int(fields.get("used_memory", 0)),
        memory_limit=int(fields.get("maxmemory", 0)),
        last_sweep_at=float(swept_ms or 0) / 1000,
        server=product(fields),
        version=fields.get("valkey_version") or fields.get("redis_version", "unknown"),
    )
