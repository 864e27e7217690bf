"""Rules between keys. Pure, and over the plain text, so that they also speak where some key is wrong."""

from collections.abc import Iterator
from typing import Any

from config.dependencies import broken_dependencies
from config.problems import Path, dotted

Complaint = tuple[Path, str]

_DEFAULT_PORTS = {"gateway": "5000", "metrics": "9100"}
_MOST_INSTANCES = 1024  # are looked at
_FALSE = frozenset({"false", "no", "off", "0", "f", "n"})
_ANY = frozenset({"0.0.0.0", "::", "*"})  # noqa: S104  # compared with, not bound


def broken(root: dict[str, Any]) -> Iterator[Complaint]:
    """Every rule that the file breaks: where, and what is wrong."""
    yield from _names_used_twice(root)
    yield from _ports_used_twice(root)
    yield from _schedules_named_twice(root)
    yield from _keys_named_twice(root)
    yield from broken_dependencies(root)
    for index, pool in enumerate(_mappings(root, "pools")):
        for key in ("tasks", "queues"):
            yield from _listed_twice(("pools", index, key), pool.get(key))


def _names_used_twice(root: dict[str, Any]) -> Iterator[Complaint]:
    """Pools and programs share one set of names: `stop NAME` must mean one of them."""
    yield from _named_twice(root, ("pools", "programs"))


def _schedules_named_twice(root: dict[str, Any]) -> Iterator[Complaint]:
    """A schedule is known by its name, in the store too."""
    yield from _named_twice(root, ("schedules",))


def _keys_named_twice(root: dict[str, Any]) -> Iterator[Complaint]:
    """A key is found by its id."""
    section = root.get("encryption")
    first: dict[str, int] = {}
    for index, item in enumerate(_mappings(section if isinstance(section, dict) else {}, "keys")):
        name = item.get("id")
        if isinstance(name, str) and first.setdefault(name, index) != index:
            path: Path = ("encryption", "keys", index, "id")
            yield path, f"{name!r} is also the id of encryption.keys[{first[name]}]: choose another"


def _named_twice(root: dict[str, Any], sections: tuple[str, ...]) -> Iterator[Complaint]:
    first: dict[str, Path] = {}
    for section in sections:
        for index, item in enumerate(_mappings(root, section)):
            name, path = item.get("name"), (section, index, "name")
            if not isinstance(name, str):
                continue
            if name in first:
                yield path, f"{name!r} is also the name of {dotted(first[name][:-1])}: choose another"
            else:
                first[name] = path


def _ports_used_twice(root: dict[str, Any]) -> Iterator[Complaint]:
    taken: list[tuple[str, str, Path]] = []
    complained: set[Path] = set()
    for host, port, path in _listeners(root):
        for other_host, other_port, other in taken:
            if port == other_port and (host == other_host or host in _ANY or other_host in _ANY):
                if path not in complained and path != other:
                    yield path, f"port {port} is also {dotted(other)}: choose another"
                complained.add(path)
                break
        else:
            taken.append((host, port, path))


def _listeners(root: dict[str, Any]) -> Iterator[tuple[str, str, Path]]:
    """Host, port and place of all that will listen; port 0 (any free one) cannot clash."""
    for section, default in _DEFAULT_PORTS.items():
        given = root.get(section)
        keys = given if isinstance(given, dict) else {}
        port = keys.get("port", default)
        if str(keys.get("enabled")).lower() not in _FALSE and isinstance(port, str) and port != "0":
            yield str(keys.get("host", "127.0.0.1")), port, (section, "port")
    for index, pool in enumerate(_mappings(root, "pools")):
        port = pool.get("http_port")
        if isinstance(port, str):
            for one in _span(port, pool.get("instances")):
                yield "*", one, ("pools", index, "http_port")


def _span(port: str, instances: Any) -> list[str]:
    """Each worker of the pool has a port of its own, after the first one's. (What `max` is, only the machine knows.)"""
    if not port.isdecimal() or not str(instances).isdecimal():
        return [port]
    return [str(int(port) + number) for number in range(min(int(instances), _MOST_INSTANCES))]


def _listed_twice(path: Path, items: Any) -> Iterator[Complaint]:
    if isinstance(items, list):
        for index, item in enumerate(items):
            if isinstance(item, str) and item in items[:index]:
                yield (*path, index), f"{item!r} is listed twice"


def _mappings(root: dict[str, Any], section: str) -> list[dict[str, Any]]:
    """The items of a list; one of a wrong kind stands as an empty mapping, to keep the indexes."""
    items = root.get(section)
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []
