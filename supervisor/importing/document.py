"""A config of ours as text, with a comment for everything that could not be carried over. Pure."""

from typing import Any

import yaml

from supervisor.importing.found import Imported

_HEAD = """\
# Made from {source}. `python -m supervisor -c THIS check` says whether all of it is right.
# There are only programs in it: no queue, so no janitor, no gateway, and no store of our own (nobody asks `redis:`).
# To run jobs, too: add `pools:`, and take out the three lines below `data_dir`.
data_dir: .herdsman
redis: {{ url: "redis://localhost:6379/0" }}
janitor: {{ enabled: false }}
gateway: {{ enabled: false }}
"""


def written(imported: Imported, source: str) -> str:
    """Answer the YAML text.

    Args:
        imported: what was found.
        source: the name of the foreign file.
    """
    lines = [_HEAD.format(source=source).rstrip()]
    lines += [f"# Not carried over: {_one_line(remark)}" for remark in imported.remarks]
    lines.append("programs:")
    for program in imported.programs:
        lines.append(f"  - name: {_flow(program.name)}")
        lines += [f"    # {_one_line(remark)}" for remark in program.remarks]
        lines += [f"    {key}: {_flow(value)}" for key, value in program.keys.items()]
    return "\n".join(lines) + "\n"


def _flow(value: Any) -> str:
    """One value on one line."""
    text = yaml.safe_dump(value, default_flow_style=True, width=1_000_000, allow_unicode=True, sort_keys=False)
    return text.removesuffix("\n").removesuffix("\n...").strip()


def _one_line(text: str) -> str:
    visible = "".join(char if char.isprintable() or char.isspace() else "?" for char in text)
    return " ".join(visible.split())
