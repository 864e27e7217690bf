"""`{{…}}` in a program's command, env and cwd: sums over the number of its instance. Pure.

`${VAR}` is filled when the file is read, once for all; `{{3000 + instance}}` when an instance is started, for each.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping

from config.units import shown

INSTANCE = "instance"
_PLACE = re.compile(r"\{\{\{\{|\{\{(.*?)\}\}", re.DOTALL)
_OPERATORS: Mapping[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_LONGEST = 100
_LARGEST = 1 << 63
_HELP = (
    f"expected whole numbers, {INSTANCE}, +, -, * and ( ), like {{{{3000 + {INSTANCE}}}}}; {{{{{{{{ is a literal {{{{"
)


def fill(text: str, instance: int) -> str:
    """Answer the text with every `{{…}}` replaced by its value, and `{{{{` by `{{`.

    Args:
        text: as the file has it.
        instance: the number of the instance, from 0.

    Raises:
        ValueError: a place cannot be worked out; `checked` finds all of these beforehand.
    """

    def value(found: re.Match[str]) -> str:
        return "{{" if found[1] is None else str(_worked_out(found[1], instance))

    return _PLACE.sub(value, text)


def checked(text: str) -> str:
    """Answer the text itself.

    Raises:
        ValueError: one of its `{{…}}` cannot be worked out.
    """
    fill(text, 0)
    return text


def joined(text: str) -> str:
    """Take the spaces out of every `{{…}}`, so that a line can be split at its spaces."""
    return _PLACE.sub(lambda found: "".join(found[0].split()), text)


def _worked_out(written: str, instance: int) -> int:
    if len(written) > _LONGEST:
        raise ValueError(f"{shown('{{' + written + '}}')} is too long: at most {_LONGEST} characters")
    try:
        result = _value(ast.parse(written.strip(), mode="eval").body, instance)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{shown('{{' + written + '}}')} cannot be worked out: {_HELP}") from None
    if abs(result) >= _LARGEST:
        raise ValueError(f"{shown('{{' + written + '}}')} is too large a number")
    return result


def _value(node: ast.AST, instance: int) -> int:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return number
        case ast.Name(id=name) if name == INSTANCE:
            return instance
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, instance)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left, instance), _value(right, instance))
    raise ValueError
