"""What is measured in one file of Python source; no herdsman here: the serial loop and the task share it."""

import ast
import hashlib
import tokenize
import warnings
from typing import NamedTuple

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_IMPORTS = (ast.Import, ast.ImportFrom)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_WITHS = (ast.With, ast.AsyncWith)
_BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, *_LOOPS, *_WITHS, ast.Try, ast.Match)


class Measures(NamedTuple):
    """One file: its lines, what it defines and imports, its deepest nesting of blocks, its SHA-256 in hex."""

    lines: int
    functions: int
    classes: int
    imports: int
    nesting: int
    checksum: str


def measure(path: str) -> Measures:
    """Read and parse the file at ``path``.

    Raises:
        SyntaxError: the file does not parse, or names an encoding that does not exist.
        UnicodeDecodeError: it is not in the encoding it claims.
        OSError: it cannot be read.
    """
    with tokenize.open(path) as source:
        text = source.read()
        source.buffer.seek(0)
        checksum = hashlib.sha256(source.buffer.read()).hexdigest()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old escapes and the like are the file's affair
        tree = ast.parse(text, path)
    nodes = list(ast.walk(tree))
    return Measures(
        lines=text.count("\n") + (not text.endswith("\n") and text != ""),
        functions=sum(isinstance(node, _FUNCTIONS) for node in nodes),
        classes=sum(isinstance(node, ast.ClassDef) for node in nodes),
        imports=sum(isinstance(node, _IMPORTS) for node in nodes),
        nesting=deepest(tree),
        checksum=checksum,
    )


def deepest(tree: ast.AST) -> int:
    """How deep blocks stand in blocks; an ``elif`` is as deep as its ``if``."""
    most = 0
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]  # a stack of our own: source may nest deeper than calls may
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, _BLOCKS):
            depth += 1
            most = max(most, depth)
        waiting += [(child, depth - _is_elif(node, child)) for child in ast.iter_child_nodes(node)]
    return most


def _is_elif(node: ast.AST, child: ast.AST) -> bool:
    # `else:` with an `if` inside gives the same tree; only the column tells them apart.
    return (
        isinstance(node, ast.If)
        and isinstance(child, ast.If)
        and node.orelse == [child]
        and child.col_offset == node.col_offset
    )
