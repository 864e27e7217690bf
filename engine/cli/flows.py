"""Flows: list, show, cancel."""

from typing import TYPE_CHECKING

import click

from engine.cli.output import age, say_json, say_table
from engine.cli.target import Target, fail
from engine.cli.terminal.options import Looking, json_option, table_options
from engine.cli.terminal.table import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.flows.flow_record import FlowMember


@click.group()
def flows() -> None:
    """Jobs that wait for one another."""


@flows.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@table_options
@json_option
@click.pass_obj
def listing(target: Target, /, *, limit: int, looking: Looking, as_json: bool) -> None:
    """The flows there are, the newest first."""
    with target.client() as client:
        found = client.flows.list(limit)
    if as_json:
        say_json(found)
        return
    rows = [(f.id, f.name, f.state, f.done, f.total, age(f.created_at), age(f.ended_at)) for f in found]
    heads = ("flow", "name", "state", "done", "of", "made", "ended")
    say_table(heads, rows, looking, right=("done", "of", "made", "ended"), drop=("ended", "made"))


@flows.command()
@click.argument("flow")
@json_option
@click.pass_obj
def show(target: Target, /, flow: str, *, as_json: bool) -> None:
    """FLOW as a tree: each member below the one it waited for last."""
    with target.client() as client:
        handle = client.flows.get(flow)
        info, members = handle.fetch(), handle.members()
    if as_json:
        say_json({"flow": info, "members": members})
        return
    click.echo(f"{info.id}  {one_line(info.name)}  {info.state}  {info.done} of {info.total}")
    click.echo("\n".join(tree(members)))


@flows.command()
@click.argument("flow")
@json_option
@click.pass_obj
def cancel(target: Target, /, flow: str, *, as_json: bool) -> None:
    """Cancel what has not started of FLOW, and ask what runs to stop."""
    with target.client() as client:
        if client.flows.find(flow) is None:
            fail(f"there is no flow {flow!r}, or it was over long ago")
        cancelled = client.flows.cancel(flow)
    if as_json:
        say_json({"flow": flow, "cancelled": cancelled})
    elif cancelled:
        click.echo(f"cancelled {flow}")
    else:
        fail(f"{flow} is over")


def tree(members: "Sequence[FlowMember]") -> list[str]:
    """Lines, one a member, indented by how many it waited for, one after another, at the most. Pure."""
    depths: dict[str, int] = {}
    below: dict[str, list[FlowMember]] = {}
    for member in members:  # parents come first
        known = [(depths[parent], parent) for parent in member.parents if parent in depths]
        if member.spawned_by in depths:
            known.append((depths[member.spawned_by], member.spawned_by))
        deepest = max(known, default=(-1, ""))
        depths[member.id] = deepest[0] + 1
        below.setdefault(deepest[1], []).append(member)
    return list(_lines(below, depths))


def _lines(below: "dict[str, list[FlowMember]]", depths: dict[str, int]) -> "Iterator[str]":
    left = below.get("", [])[::-1]
    while left:  # no recursion: a chain may be ten thousand long
        member = left.pop()
        also = len(member.parents) - 1
        more = f"  (and {also} more before it)" if also > 0 else ""
        why = f"  {member.reason}" if member.reason else ""
        indent = "  " * min(depths[member.id] + 1, 40)
        yield f"{indent}{one_line(member.name)}  {member.shown_state}  {member.id}{more}{why}"
        left += below.get(member.id, [])[::-1]
