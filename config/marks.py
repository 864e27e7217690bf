"""YAML text -> plain values, with the place of each.

Every scalar stays the text that was written (an empty one or a plain `null` becomes None): which type it has
is decided by the key it stands under, never by how it looks. So `no` is not False under a name, `1:30` is not
90, `010` is not 8 and `1.10` keeps its nought.
"""

from collections.abc import Iterator
from typing import Any, TypeAlias

import yaml

from config.problems import Mark, Path, Problem

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | None"

DEPTH = 16
"""Nesting deeper than this is refused; the deepest key of the format stands at 4."""
NODES = 20_000
"""More values than this, aliases counted each time they are used, are refused."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))
# libyaml's parser where PyYAML was built with it: ten times faster on the same text.
_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # the base is chosen at run time, above
    """A loader that guesses no types: every untagged scalar is text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # the name and kind PyYAML asks for


class Plain(str):
    """Text written without quotes: where a key takes any data (a payload), it may mean a number or a truth value."""

    __slots__ = ()


class Document:
    """The values of one file, where each stands, and what was wrong with the text.

    `root` is {} for an empty file. `values` and `keys` give the places of values and of mapping keys by path.
    `unparsed`: the text is not YAML, or too much of it; the one problem says why.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.root: Tree = {}
        self.values: dict[Path, Mark] = {(): Mark(source, 1, 1)}
        self.keys: dict[Path, Mark] = {}
        self.problems: list[Problem] = []
        self.unparsed = False
        self._count = 0

    def nearest(self, path: Path) -> Mark:
        """The place of the value at `path`, or of the closest value around it."""
        while path not in self.values:
            path = path[:-1]
        return self.values[path]

    def complain(self, mark: Mark, path: Path, message: str, hint: str = "") -> None:
        """Add a problem."""
        self.problems.append(Problem(mark, path, message, hint))

    def refuse(self, mark: Mark, message: str, hint: str = "") -> None:
        """The text as a whole cannot be used."""
        self.unparsed = True
        self.complain(mark, (), message, hint)

    def mark(self, mark: Any) -> Mark:
        """A place of ours from one of PyYAML's (None: the top of the file)."""
        return Mark(self.source, mark.line + 1, mark.column + 1) if mark else Mark(self.source, 1, 1)

    def tree(self, node: yaml.Node, path: Path) -> Tree:
        """The plain value of a node; its place, and the places of all in it, are noted."""
        self.values[path] = self.mark(node.start_mark)
        self._count += 1
        # Depth also ends the circles that an alias inside its own anchor makes.
        if len(path) > DEPTH or self._count > NODES:
            raise _TooMuchError(node.start_mark)
        if node.tag not in _PLAIN_TAGS:
            self.complain(self.values[path], path, f"the YAML tag {node.tag!r} is not used here", "leave it out")
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.tree(item, (*path, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and _plain(node) and node.value in _NULLS:
            return None
        return Plain(node.value) if isinstance(node, yaml.ScalarNode) and _plain(node) else str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> Tree:
        result: dict[str, Tree] = {}
        first: dict[str, int] = {}
        for key, value in _own_pairs_first(node):
            mark = self.mark(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                self.complain(mark, path, "a key must be plain text")
                continue
            name: str = key.value
            if name == "<<" and _plain(key):
                self._merge(value, path, result)
            elif name in first:
                self.complain(mark, (*path, name), f"given twice: first on line {first[name]}", "keep one")
            else:
                first[name] = mark.line
                self.keys[*path, name] = mark
                result[name] = self.tree(value, (*path, name))
        return result

    def _merge(self, node: yaml.Node, path: Path, into: dict[str, Tree]) -> None:
        """`<<: *other`: the keys of another mapping, for those that are not given here."""
        for source in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            if not isinstance(source, yaml.MappingNode):
                self.complain(self.mark(source.start_mark), path, "<<: expected a mapping, or a list of them")
                continue
            for key, value in source.value:
                if isinstance(key, yaml.ScalarNode) and key.value not in into:
                    self.keys[*path, key.value] = self.mark(key.start_mark)
                    into[key.value] = self.tree(value, (*path, key.value))


class _TooMuchError(Exception):
    """The file is nested too deeply, has too many values, or contains itself."""

    def __init__(self, mark: Any) -> None:
        super().__init__()
        self.mark = mark


def read(text: str, source: str) -> Document:
    """Parse `text`; `source` names it in messages. Never raises: what is wrong is in `.problems`."""
    document = Document(source)
    try:
        _check_extent(text)
        node = yaml.compose(text, Loader=_Loader)
        if node is not None:
            document.root = document.tree(node, ())
    except _TooMuchError as error:
        document.refuse(document.mark(error.mark), f"nested deeper than {DEPTH} levels, or more than {NODES} values")
    except yaml.MarkedYAMLError as error:
        document.refuse(document.mark(error.problem_mark or error.context_mark), *_explained(error, text))
    except yaml.YAMLError as error:  # the reader's: a character that YAML forbids, with an offset and no mark
        before = text[: getattr(error, "position", 0)]
        column = len(before) - before.rfind("\n")
        document.refuse(Mark(source, before.count("\n") + 1, column), "not YAML: a control character stands here")
    return document


def _plain(node: yaml.ScalarNode) -> bool:
    """Written without quotes: libyaml says "" and PyYAML's own parser None."""
    return not node.style


def _own_pairs_first(node: yaml.MappingNode) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    """The pairs of a mapping, merges last: a key given here wins over a merged one, wherever it stands."""
    yield from sorted(node.value, key=lambda pair: pair[0].value == "<<")


def _check_extent(text: str) -> None:
    """Refuse deep nesting and masses of values from the flat stream of events: composing recurses."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        if count > 2 * NODES:
            raise _TooMuchError(event.start_mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH:
                raise _TooMuchError(event.start_mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _explained(error: yaml.MarkedYAMLError, text: str) -> tuple[str, str]:
    """Message and hint for a syntax error."""
    mark = error.problem_mark
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    message = "not YAML: " + ", ".join(filter(None, (error.context, error.problem)))
    if line[: len(line) - len(line.lstrip())].count("\t"):
        return message, "indent with spaces, not tabs"
    if "${" in line:
        return message, 'inside { } and [ ] write quotes around "${…}"'
    return message, ""
