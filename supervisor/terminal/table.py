"""Tables for people: no borders, heads in capitals, figures to the right, as wide as the terminal allows. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_GAP = "  "
_LEAST = 8  # characters that are left of a column that is cut


class UnknownColumnError(ValueError):
    """A column was asked for that the table has not; the text has the nearest, and all there are."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a table is to be shown.

    Attributes:
        width: characters of a line; None: as many as it takes, nothing is left out and nothing cut.
        header: whether the heads are shown.
        columns: only these, in this order; none: all.
    """

    width: int | None = None
    header: bool = True
    columns: tuple[str, ...] = ()


def table(
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    look: Look | None = None,
    *,
    right: Sequence[str] = (),
    drop: Sequence[str] = (),
    paint: Mapping[str, Callable[[str], str]] | None = None,
) -> str:
    """Answer the lines of a table.

    Args:
        heads: the columns' names, in small letters.
        rows: the cells; numbers go to the right.
        look: how wide, which columns.
        right: columns of other figures (`3m`, `1.5M`), which go to the right, too.
        drop: the columns that are left out where the lines are too long, in this order.
        paint: by column, what colours a cell's text.

    Raises:
        UnknownColumnError: see there.
    """
    look = look or Look()
    cells = [[one_line(value) for value in row] for row in rows]
    to_right = {head for n, head in enumerate(heads) if head in right or _numbers([row[n] for row in rows])}
    widths = {head: max(map(wide, [head, *(row[n] for row in cells)])) for n, head in enumerate(heads)}
    shown = _fitting(_chosen(heads, look.columns), widths, look, () if look.columns else drop)
    widths.update(_cut({head: widths[head] for head in shown}, look.width, {heads[0], *to_right}))
    places = [heads.index(head) for head in shown]

    def line(row: Sequence[str], paint: Mapping[str, Callable[[str], str]]) -> str:
        parts = []
        for head, place in zip(shown, places, strict=True):
            text = short(row[place], widths[head])
            blank = " " * (widths[head] - wide(text))
            text = paint[head](text) if head in paint else text
            parts.append(blank + text if head in to_right else text + blank)
        return _GAP.join(parts).rstrip()

    lines = [line([head.upper() for head in heads], {})] if look.header else []
    return "\n".join(lines + [line(row, paint or {}) for row in cells])


def one_line(value: Any, widest: int | None = None) -> str:
    """Answer the value on one line, without control characters, cut to a width where one is given."""
    text = "" if value is None else str(value)
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " for c in text)
    return text if widest is None else short(text, widest)


def short(text: str, widest: int) -> str:
    """Answer the text, its end replaced by … where it takes more cells than `widest`."""
    if wide(text) <= widest:
        return text
    while wide(text) > widest - 1:
        text = text[: min(len(text) - 1, widest - 1)]
    return text + "…"


def wide(text: str) -> int:
    """Answer how many cells of a terminal the text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _numbers(values: Sequence[Any]) -> bool:
    return bool(values) and all(isinstance(value, int | float) for value in values)


def _chosen(heads: Sequence[str], columns: Sequence[str]) -> list[str]:
    for name in columns:
        if name not in heads:
            from difflib import get_close_matches  # only a mistake needs it

            near = get_close_matches(name, heads, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise UnknownColumnError(f"there is no column {name!r}: {hint}There are {', '.join(filter(None, heads))}")
    return list(columns or heads)


def _fitting(shown: list[str], widths: Mapping[str, int], look: Look, drop: Sequence[str]) -> list[str]:
    for head in drop:
        if look.width is None or _length([widths[name] for name in shown]) <= look.width:
            break
        shown = [name for name in shown if name != head]
    return shown


def _cut(widths: Mapping[str, int], width: int | None, whole: set[str]) -> dict[str, int]:
    """Answer widths that fit: the widest texts lose their ends; names in `whole` are never cut."""
    found = dict(widths)
    texts = [head for head in found if head not in whole]
    while width is not None and texts and (over := _length(list(found.values())) - width) > 0:
        widest = max(texts, key=lambda head: found[head])
        if found[widest] <= _LEAST:
            break
        found[widest] = max(_LEAST, found[widest] - over)
    return found


def _length(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * max(0, len(widths) - 1)
