"""`python -m engine flows` as a shell sees it."""

import json

import pytest

from engine import Client, Flow, FlowState
from tests.integration.engine.test_command_line import run

pytestmark = pytest.mark.by_turns


def test_flows_are_listed_shown_as_a_tree_and_cancelled(store):
    with Client(store.url) as client:
        flow = Flow("import")
        flow.job("fetch").then("parse")
        handle = client.flows.submit(flow)
        listed = run("--url", store.url, "flows", "list").stdout
        assert (handle.id in listed, "import" in listed, "running" in listed) == (True, True, True)
        shown = run("--url", store.url, "flows", "show", handle.id).stdout.splitlines()
        assert shown[0] == f"{handle.id}  import  running  0 of 2"
        assert [line.split("  1-")[0] for line in shown[1:]] == ["  fetch  pending", "    parse  waiting"]
        said = run("--url", store.url, "flows", "show", handle.id, "--json")
        assert [member["name"] for member in json.loads(said.stdout)["members"]] == ["fetch", "parse"]
        assert run("--url", store.url, "flows", "cancel", handle.id).stdout == f"cancelled {handle.id}\n"
        assert handle.state() == FlowState.CANCELLED
        assert json.loads(run("--url", store.url, "flows", "cancel", handle.id, "--json").stdout)["cancelled"] is True
    missing = run("--url", store.url, "flows", "show", "1-1")
    assert (missing.returncode, "there is no flow '1-1'" in missing.stderr) == (1, True)
