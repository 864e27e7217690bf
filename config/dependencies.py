"""`depends_on:` in the config file: who waits for whom, and the rules for it. Pure.

The rules work over the plain text, so that they also speak where some other key is wrong.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, WithJsonSchema

from config import fields as f
from config.nearest import nearest_of
from config.problems import Path
from config.units import shown

Condition = Literal["started", "ready", "completed", "ended"]
Needs = dict[str, Condition]
"""Whom a program or a pool waits for, by name, and what must be true of it."""

Complaint = tuple[Path, str]

OWN = ("store", "gateway")
"""What can be waited for besides pools and programs."""

_CONDITIONS = get_args(Condition)
_ENDS = frozenset({"completed", "ended"})
_FALSE = frozenset({"false", "no", "off", "0", "f", "n"})


def as_needs(value: object) -> object:
    """A list means that all of its names are to be ready."""
    if value is None:
        return {}
    if isinstance(value, list | tuple):
        return {str(name): "ready" for name in value}
    if isinstance(value, dict):
        return {name: "ready" if condition is None else condition for name, condition in value.items()}
    raise ValueError(
        f"expected a mapping like {{db: ready}} or a list of names, got {shown(value)}"
    )  # pydantic collects ValueErrors only


DependsOn = Annotated[
    dict[f.Name, Condition],
    BeforeValidator(as_needs),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "object", "additionalProperties": {"enum": list(_CONDITIONS)}},
            ]
        }
    ),
]


def cycle(needs: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Answer one ring of names, each of which needs the next and the last the first; empty: there is none."""
    done: set[str] = set()
    for start in needs:
        way: list[str] = []  # from the start to where we stand
        ahead = [iter((start,))]
        while ahead:
            name = next(ahead[-1], None)
            if name is None:
                ahead.pop()
                if way:
                    done.add(way.pop())
            elif name in way:
                return way[way.index(name) :]
            elif name not in done:
                way.append(name)
                ahead.append(iter(tuple(needs.get(name, ()))))
    return []


def broken_dependencies(root: dict[str, Any]) -> Iterator[Complaint]:
    """Every `depends_on` that cannot come true: where, and why."""
    wards = dict(_wards(root))
    needs: dict[str, dict[str, str]] = {}
    places: dict[tuple[str, str], Path] = {}
    for name, (path, item) in wards.items():
        for other, condition, place in _needs(item.get("depends_on"), (*path, "depends_on")):
            needs.setdefault(name, {})[other] = condition
            places[name, other] = place
            complaint = _impossible(other, condition, root, wards)
            if complaint:
                yield place, complaint
    while ring := cycle(needs):
        chain = " -> ".join((*ring, ring[0]))
        said = "itself" if len(ring) == 1 else f"each other: {chain}"
        yield places[ring[0], ring[1 % len(ring)]], f"waits for {said}; none of them would ever start"
        del needs[ring[0]][ring[1 % len(ring)]]


def _impossible(other: str, condition: str, root: dict[str, Any], wards: Mapping[str, tuple[Path, Any]]) -> str:
    """Why this can never be true; "" when it can."""
    if other not in wards and other not in OWN:
        return _unknown(other, [*wards, *OWN])
    path, item = wards.get(other, ((other,), root.get(other)))
    if condition in _ENDS:
        if path[0] != "programs":
            what = f"the pool {other!r}" if path[0] == "pools" else f"the {other}"
            return f"{what} never ends by itself: wait for `ready` or `started`"
        if item.get("restart", "always") == "always":
            return f"{other!r} is always restarted, so it never ends: give it `restart: on-failure` or `never`"
    if other not in wards and isinstance(item, dict) and str(item.get("enabled")).lower() in _FALSE:
        return f"the {other} is not enabled"
    return ""


def _unknown(name: str, known: list[str]) -> str:
    near = nearest_of(name, known)
    return f"there is no {name!r}: " + (f"did you mean {near}?" if near else f"known are {', '.join(known)}")


def _wards(root: dict[str, Any]) -> Iterator[tuple[str, tuple[Path, dict[str, Any]]]]:
    for section in ("pools", "programs"):
        items = root.get(section)
        for index, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, dict) and isinstance(item.get("name"), str):
                yield item["name"], ((section, index), item)


def _needs(given: Any, path: Path) -> Iterator[tuple[str, str, Path]]:
    if isinstance(given, list):
        for index, name in enumerate(given):
            if isinstance(name, str):
                yield name, "ready", (*path, index)
    elif isinstance(given, dict):
        for name, condition in given.items():
            yield str(name), condition if isinstance(condition, str) else "ready", (*path, name)
