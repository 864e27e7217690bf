from pathlib import Path

import pytest

from gateway.access.doorkeeper import Access
from gateway.serving import reread

FILE = "pools: [{name: a, tasks: [x]}]\ngateway: {rate_limit: 5/s}\n"


def test_a_supervised_gateway_that_rereads_says_that_it_read_what_is_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever took a token out of the file and sent HUP must not read that this is in force."""
    caplog.set_level("INFO")
    file, applied = tmp_path / "config.yaml", tmp_path / "config-1.yaml"
    file.write_text(FILE)
    applied.write_text(FILE.replace("5/s", "6/s"))
    reread(file, access := Access(), only_here=True)
    assert (access.settings.rate_limit, f"read {file} again" in caplog.text) == ("5/s", True)
    monkeypatch.setenv("HERDSMAN_CONFIG", str(file))
    monkeypatch.setenv("HERDSMAN_CONFIG_SNAPSHOT", str(applied))
    reread(file, access, only_here=True)
    assert access.settings.rate_limit == "6/s"
    assert f"read what is applied of {file} again" in caplog.text
    assert "`apply` puts a changed file in force" in caplog.text
