"""What the environment says: `${VAR}` in the file, and `HERDSMAN_SECTION__KEY` over it."""

import re
from collections.abc import Collection, Mapping

from config.marks import Document, Tree
from config.problems import Mark, Path

PREFIX = "HERDSMAN_"
_REFERENCE = re.compile(r"\$\$|\$\{([^}]*)\}?")
_NAMED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", re.DOTALL)


def override(document: Document, environ: Mapping[str, str], top_level: Collection[str]) -> None:
    """Put the values of `HERDSMAN_…` variables into the document, as text.

    `HERDSMAN_POOLS__0__INSTANCES=8` sets `pools[0].instances`; a name without `__` counts only when it is
    one of the `top_level` keys. An index may be one past the end of its list, which then grows.
    """
    for name in sorted(environ):
        steps = name.removeprefix(PREFIX).split("__")
        if not name.startswith(PREFIX) or (len(steps) == 1 and steps[0].lower() not in top_level):
            continue
        if not all(steps):
            document.complain(Mark(name), (), "expected HERDSMAN_SECTION__KEY: a part of the name is empty")
            continue
        _put(document, name, steps, environ[name])


def expand(document: Document, environ: Mapping[str, str]) -> None:
    """Fill `${VAR}` and `${VAR:-default}` in every scalar of the file; `$$` is one `$`.

    As in a shell, `:-` also replaces an empty value. What came from `HERDSMAN_…` is taken as it is.
    """
    document.root = _expanded(document, document.root, (), environ)


def _put(document: Document, name: str, steps: list[str], value: str) -> None:
    """Set one value; containers that are missing on the way are made."""
    if document.root is None:
        document.root = {}
    here: Tree = document.root
    path: Path = ()
    for position, step in enumerate(steps):
        key = _key(here, step, verbatim=position > 0 and path[-1] == "env")
        if key is None:
            document.complain(Mark(name), path, _misfit(here, step))
            return
        path = (*path, key)
        if position == len(steps) - 1:
            _forget(document, path)
            _set(here, key, value)
        else:
            child = _child(here, key)
            if child is None:
                child = [] if steps[position + 1].isdecimal() else {}
                _forget(document, path)
                _set(here, key, child)
            here = child
        document.values.setdefault(path, Mark(name))
        document.keys.setdefault(path, Mark(name))


def _key(here: Tree, step: str, *, verbatim: bool) -> str | int | None:
    """The key or index that a part of a variable's name means, or None when it fits nothing."""
    if isinstance(here, list):
        # Compared as text: a digit string of any length is no number worth making.
        return next((index for index in range(len(here) + 1) if str(index) == step), None)
    if not isinstance(here, dict):
        return None
    if verbatim:  # the variables given to a process: their case is theirs
        return step
    plain = step.lower()
    return next((key for key in here if key.lower().replace("-", "_") == plain), plain)


def _misfit(here: Tree, step: str) -> str:
    if isinstance(here, list):
        return f"expected an index from 0 to {len(here)}, got {step!r}"
    return f"has no key {step.lower()!r}: it is not a mapping in the file"


def _child(here: Tree, key: str | int) -> Tree:
    if isinstance(here, list) and isinstance(key, int):
        return here[key] if key < len(here) else None
    if isinstance(here, dict) and isinstance(key, str):
        return here.get(key)
    return None


def _set(here: Tree, key: str | int, value: Tree) -> None:
    if isinstance(here, list) and isinstance(key, int):
        here[key : key + 1] = [value]
    elif isinstance(here, dict) and isinstance(key, str):
        here[key] = value


def _forget(document: Document, path: Path) -> None:
    """Drop the places, and the problems, of a value that is about to be replaced."""
    for places in (document.values, document.keys):
        for known in [known for known in places if known[: len(path)] == path]:
            del places[known]


def _expanded(document: Document, tree: Tree, path: Path, environ: Mapping[str, str]) -> Tree:
    match tree:
        case dict():
            return {key: _expanded(document, value, (*path, key), environ) for key, value in tree.items()}
        case list():
            return [_expanded(document, value, (*path, at), environ) for at, value in enumerate(tree)]
        case str() if "$" in tree and document.nearest(path).line:
            return _filled(document, tree, path, environ)
    return tree


def _filled(document: Document, text: str, path: Path, environ: Mapping[str, str]) -> str:
    """One scalar with its references filled; one that cannot be filled is left, and is a problem."""

    def replacement(found: re.Match[str]) -> str:
        reference = found[0]
        if reference == "$$":
            return "$"
        named = _NAMED.fullmatch(found[1])
        if named is None or not reference.endswith("}") or "${" in found[1]:
            message = f"{reference!r} is not ${{NAME}} or ${{NAME:-default}}"
            document.complain(document.nearest(path), path, message, "write $$ for a literal $")
            return reference
        variable, default = named.groups()
        value = environ.get(variable)
        if default is not None:
            return value or default
        if value is None:
            message = f"the environment has no {variable}"
            document.complain(document.nearest(path), path, message, f"set it, or write ${{{variable}:-default}}")
            return reference
        return value

    return _REFERENCE.sub(replacement, text)
