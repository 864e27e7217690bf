"""What a store holds, without what differs from run to run: two runs that did the same have the same picture."""

import re

from engine.charts.vector import spans, unpack
from tests.support.snapshot import snapshot

# The engine's own counts and memories, which a repeated call may touch: they move no job.
_NOT_SHOWN = ("meta", "ops", "callers", "beats")
# What is issued: the place of an entry or a flow, and the end of a job's id.
_ISSUED = re.compile(r"\d{10,}-\d+")
# In digits; or packed by a script, in eight bytes.
_TIME = re.compile(r"\d{10,}(\.\d+)?|\xcf.{8}", re.DOTALL)


def picture(client):
    """Each key with its content; what was issued by its order, times and tokens as T."""
    shot = snapshot(client)
    issued = {found for text in _texts(shot.keys) for found in _ISSUED.findall(text)}
    names = {text: f"#{n}" for n, text in enumerate(sorted(issued, key=_order))}

    def plain(value):
        if isinstance(value, bytes):
            return _plain(value.decode("latin-1"), names)
        if isinstance(value, float):
            return _plain(f"{value:.0f}", names)
        if isinstance(value, dict):
            return sorted((plain(name), plain(what)) for name, what in value.items())
        if isinstance(value, set):
            return sorted(plain(one) for one in value)
        if isinstance(value, list | tuple):
            return [plain(one) for one in value]
        return value

    shown = {}
    for key, value in sorted(shot.keys.items()):
        kind, _, rest = key.partition("}:")[2].partition(":")
        if kind == "series" and rest[0].isdigit():  # its name and its entries say when it was
            shown[f"series:{rest.rpartition(':')[0]}"] = [unpack(counts) for _, counts in spans(value)]
            continue
        if kind not in _NOT_SHOWN:
            # infos hold their senders' clocks, and sorted sets of times are in an order that a tie may change
            shown[_plain(key, names)] = sorted(plain(list(value))) if kind == "workers" else _settled(plain(value))
    return shown


def _texts(value):
    """Every text in there, however deep."""
    if isinstance(value, bytes):
        yield value.decode("latin-1")
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts([*value, *value.values()])
    elif isinstance(value, list | tuple | set):
        for one in value:
            yield from _texts(one)


def _settled(value):
    return sorted(value, key=repr) if isinstance(value, list) and value and isinstance(value[0], list) else value


def _plain(text, names):
    return _TIME.sub("T", _ISSUED.sub(lambda match: names[match[0]], text))


def _order(issued):
    ms, seq = issued.split("-")
    return int(ms), int(seq)
