"""The systemd unit: what stands in it, and that systemd itself understands it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from supervisor.cli import cli
from supervisor.outside.unit import Facts, unit


def facts(tmp_path: Path, **wanted: object) -> Facts:
    plain: dict[str, object] = {
        "config": tmp_path / "config.yaml",
        "python": Path(sys.executable),
        "folder": tmp_path,
        "data_dir": tmp_path / "data",
        "stop_s": 79.2,
        "user": "herdsman",
    }
    return Facts(**(plain | wanted))  # type: ignore[arg-type]


def keys(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if "=" in line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def test_a_system_unit_is_notified_watched_and_closed_in(tmp_path: Path) -> None:
    said = keys(unit(facts(tmp_path)))
    assert said["Type"] == "notify"
    assert said["NotifyAccess"] == "main"
    assert int(said["WatchdogSec"]) > 0
    assert said["KillMode"] == "mixed"
    assert said["TimeoutStopSec"] == "80"
    assert said["RestartPreventExitStatus"] == "2"
    assert said["OOMPolicy"] == "continue"
    assert said["User"] == "herdsman"
    assert said["ReadWritePaths"] == str(tmp_path / "data")
    assert (said["NoNewPrivileges"], said["ProtectSystem"], said["PrivateTmp"]) == ("yes", "strict", "yes")
    assert said["WantedBy"] == "multi-user.target"


def test_a_unit_of_ones_own_names_no_user_and_needs_no_rights(tmp_path: Path) -> None:
    said = keys(unit(facts(tmp_path, session=True)))
    assert said["WantedBy"] == "default.target"
    assert not {"User", "ProtectSystem", "ReadWritePaths", "PrivateTmp"} & said.keys()


def test_sockets_under_tmp_must_stay_visible(tmp_path: Path) -> None:
    assert keys(unit(facts(tmp_path, own_tmp=False)))["PrivateTmp"] == "no"


def test_odd_paths_stay_whole(tmp_path: Path) -> None:
    said = keys(unit(facts(tmp_path, config=Path('/srv/my herd/50%/a"b$c.yaml'))))
    assert said["ExecStart"].endswith('-m supervisor -c "/srv/my herd/50%%/a\\"b$$c.yaml"')


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd-analyze is not installed")
@pytest.mark.parametrize("session", [False, True])
def test_systemd_has_nothing_to_say_against_it(tmp_path: Path, session: bool) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "herdsman.service"
    path.write_text(unit(facts(tmp_path, session=session, user="root", search_path=tmp_path)))
    said = subprocess.run(["systemd-analyze", "verify", path], capture_output=True, text=True, check=False, timeout=30)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")


def test_the_words_on_how_to_install_repeat_what_was_asked_for(tmp_path: Path) -> None:
    config = tmp_path / "my config.yaml"
    config.write_text("{}\n")
    said = CliRunner().invoke(cli, ["-c", str(config), "startup", "--run-as", "web"])
    assert f"-c '{config}' startup --run-as web | tee" in said.stderr
    assert "User=web" in said.stdout
