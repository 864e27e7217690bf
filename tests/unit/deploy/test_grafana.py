"""The boards: what is committed is what is generated, and each panel helps whoever looks at it."""

import json
import re

import pytest
import yaml

from deploy.grafana.generate import BOARDS, HERE, texts
from tests.support.architecture import ROOT

PANELS = [(name, panel) for name, board in BOARDS.items() for panel in board.json()["panels"] if panel["type"] != "row"]


def test_the_committed_boards_are_those_that_are_generated() -> None:
    committed = {path.name: path.read_text() for path in HERE.glob("*.json")}
    assert committed == texts(), "run: python -m deploy.grafana.generate"


@pytest.mark.parametrize(("name", "panel"), PANELS, ids=lambda one: one if isinstance(one, str) else one["title"])
def test_each_panel_has_a_unit_a_description_and_no_pie(name: str, panel: dict) -> None:
    assert panel["description"].endswith((".", "?"))
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["type"] in {"timeseries", "stat", "table", "heatmap"}
    assert panel["targets"]
    for target in panel["targets"]:
        # A rate is taken before a sum, and the worker's page is not counted again.
        assert not re.search(r"rate\(sum", target["expr"]), target["expr"]
        for series in re.findall(r"herdsman_(?:jobs?_\w+)\{([^}]*)\}", target["expr"]):
            assert 'component!~"worker|gateway"' in series, target["expr"]


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_s_panels_lie_beside_one_another(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in BOARDS[name].json()["panels"]:
        place = panel["gridPos"]
        columns = range(place["x"], place["x"] + place["w"])
        cells = {(x, y) for x in columns for y in range(place["y"], place["y"] + place["h"])}
        assert max(x for x, _ in cells) < 24
        assert not cells & taken, panel["title"]
        taken |= cells


def test_variables_of_queries_are_those_of_the_board_and_uids_differ() -> None:
    for board in BOARDS.values():
        text = json.dumps(board.json()["panels"])
        assert set(re.findall(r"=~\\?\"\$(\w+)", text)) <= {one.name for one in board.variables}
        assert board.json()["refresh"] == "30s"
    assert len({board.uid for board in BOARDS.values()}) == len(BOARDS)


def test_provisioning_names_one_data_source_and_the_folder_of_the_boards() -> None:
    folder = ROOT / "deploy/grafana/provisioning"
    (source,) = yaml.safe_load((folder / "datasources/prometheus.yml").read_text())["datasources"]
    assert (source["type"], source["isDefault"]) == ("prometheus", True)
    assert source["jsonData"]["timeInterval"] == _scrape_interval()
    (provider,) = yaml.safe_load((folder / "dashboards/herdsman.yml").read_text())["providers"]
    compose = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())
    mounted = [one.split(":")[:2] for one in compose["services"]["grafana"]["volumes"]]
    assert ["./grafana/boards", provider["options"]["path"]] in mounted


def _scrape_interval() -> str:
    config = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    return str(config["global"]["scrape_interval"])
