"""The compose file is one that compose would take, as far as can be told without it."""

from typing import Any

import pytest
import yaml

from tests.support.architecture import ROOT

FILE = ROOT / "deploy/compose.yaml"
COMPOSE = yaml.safe_load(FILE.read_text())
KEYS = {
    "build", "image", "network_mode", "volumes", "environment", "stop_grace_period", "restart", "read_only", "tmpfs",
    "profiles", "depends_on", "command", "ports", "user",
}  # fmt: skip


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_a_service_has_what_compose_knows_and_mounts_what_is_there(name: str) -> None:
    service: dict[str, Any] = COMPOSE["services"][name]
    assert service.keys() <= KEYS
    assert ("image" in service) != ("build" in service)
    assert ":" in service.get("image", "x:pinned")
    for volume in service["volumes"]:
        source, target, *mode = volume.split(":")
        assert target.startswith("/")
        assert mode in ([], ["ro"])
        assert (FILE.parent / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]
    assert set(service.get("depends_on", ())) <= COMPOSE["services"].keys()
    assert all(isinstance(value, str | int) for value in service.get("environment", {}).values())


def test_monitoring_comes_only_when_it_is_asked_for_and_listens_on_this_machine_alone() -> None:
    profiles = {name: service.get("profiles", []) for name, service in COMPOSE["services"].items()}
    assert profiles == {"herd": [], "prometheus": ["monitoring"], "grafana": ["monitoring"]}
    assert "--web.listen-address=127.0.0.1:9090" in COMPOSE["services"]["prometheus"]["command"]
    assert COMPOSE["services"]["grafana"]["environment"]["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"


def test_prometheus_finds_its_config_and_its_rules_beside_one_another() -> None:
    service = COMPOSE["services"]["prometheus"]
    mounted = dict(one.split(":")[:2] for one in service["volumes"])
    (config,) = (word.partition("=")[2] for word in service["command"] if word.startswith("--config.file"))
    assert mounted["./prometheus"] == config.rpartition("/")[0]
    rules = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())["rule_files"]
    assert all((ROOT / "deploy/prometheus" / one).is_file() for one in rules)
