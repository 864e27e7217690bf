"""The real Prometheus and its checker, for tests."""

import json
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tests.support.ports import free_port
from tests.support.processes import tethered

_OFTEN = "250ms"


class BadQuery(Exception):
    """Prometheus says that the expression is none."""


def promtool(*arguments: str, read: str = "") -> tuple[int, str]:
    """Exit status of `promtool`, and what it said."""
    said = subprocess.run([_program("promtool"), *arguments], input=read, text=True, capture_output=True, check=False)
    return said.returncode, said.stdout + said.stderr


class Prometheus:
    """A server of its own that scrapes every quarter of a second.

    scrape: the one scrape config, less its name. rules: texts of rule files, evaluated as often as that.
    """

    def __init__(self, scrape: Mapping[str, Any], rules: str = "") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hm-p-")
        self._port = free_port()
        folder = Path(self._folder.name)
        often = {"scrape_interval": _OFTEN, "scrape_timeout": _OFTEN, "evaluation_interval": _OFTEN}
        config = {"global": often, "scrape_configs": [{"job_name": "herdsman", **scrape}]}
        if rules:
            (folder / "r.yml").write_text(rules)
            config["rule_files"] = ["r.yml"]
        (folder / "p.yml").write_text(yaml.safe_dump(config))
        arguments = [
            f"--config.file={folder}/p.yml",
            f"--storage.tsdb.path={folder}/data",
            f"--web.listen-address=127.0.0.1:{self._port}",
        ]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(tethered([_program("prometheus"), *arguments]), stdout=log, stderr=log)

    def query(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """What Prometheus answers; nothing while it is not up yet.

        Raises:
            BadQuery: it cannot be parsed, or what it joins does not fit.
        """
        found = self._get("query", query=expression)
        rows = found["result"] if found else []
        if found and found["resultType"] == "scalar":
            return [({}, float(rows[1]))]
        return [(row["metric"], float(row["value"][1])) for row in rows]

    def value(self, expression: str) -> float:
        """The sum of what it answers."""
        return sum(value for _, value in self.query(expression))

    def labels(self, name: str, series: str) -> list[str]:
        """The values of a label among these series."""
        found = self._get(f"label/{name}/values", **{"match[]": series})
        return list(found or [])

    def targets(self) -> list[dict[str, Any]]:
        """What it scrapes: labels, health, lastError."""
        found = self._get("targets")
        return list(found["activeTargets"]) if found else []

    def failing_rules(self) -> list[str]:
        """What rules that cannot be evaluated say; an alert's annotations are among what is evaluated."""
        found = self._get("rules") or {"groups": []}
        rules = [rule for group in found["groups"] for rule in group["rules"]]
        return [f"{rule['name']}: {rule['lastError']}" for rule in rules if rule.get("lastError")]

    def alerts(self) -> list[dict[str, Any]]:
        """Alerts that are pending or firing."""
        found = self._get("alerts")
        return list(found["alerts"]) if found else []

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(20)
        self._folder.cleanup()

    def _get(self, path: str, **question: str) -> Any:
        url = f"http://127.0.0.1:{self._port}/api/v1/{path}?" + urllib.parse.urlencode(question)
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return json.loads(answer.read())["data"]
        except urllib.error.HTTPError as error:
            with error:
                said = error.read().decode()
            if error.code == 503:
                return None
            raise BadQuery(f"{question}: {said}") from None
        except OSError:
            return None


def _program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is not installed: apt-get install prometheus"
    return found
