import stat
from pathlib import Path

import pytest

from config import SNAPSHOT_VARIABLE, ConfigError, Places, data_dir, load, read_regular
from supervisor.applying.in_force import InForce, forget_others


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "c.yaml"
    path.write_text("data_dir: d\npools: [{name: web, tasks: [t], env: {K: '${SECRET}'}}]\n")
    Places(tmp_path / "d").prepare()
    return path


def test_a_child_reads_what_was_applied_and_not_what_was_edited_since(file: Path) -> None:
    environ = {"SECRET": "hush"}
    applied = InForce(load(file, environ), Places(file.parent / "d"))
    file.write_text("pools: [")
    child = {**environ, "HERDSMAN_CONFIG": str(file), **applied.variables}
    seen = load(file, child)
    assert seen.pools == applied.config.pools
    assert (seen.path, seen.data_dir) == (file, file.parent / "d"), "paths count from the file's own folder"
    with pytest.raises(ConfigError):
        load(file, environ)


def test_the_copy_is_of_that_file_only(file: Path, tmp_path: Path) -> None:
    applied = InForce(load(file, {"SECRET": "hush"}), Places(tmp_path / "d"))
    other = tmp_path / "other.yaml"
    other.write_text("pools: []\n")
    assert load(other, {"HERDSMAN_CONFIG": str(file), **applied.variables}).pools == ()


def test_the_copy_is_for_this_user_only_and_holds_no_filled_in_secret(file: Path, tmp_path: Path) -> None:
    applied = InForce(load(file, {"SECRET": "hush"}), Places(tmp_path / "d"))
    assert stat.S_IMODE(applied.snapshot.stat().st_mode) == 0o600
    assert "hush" not in applied.snapshot.read_text()


def test_a_copy_that_is_gone_is_no_reason_to_read_what_nobody_applied(file: Path, tmp_path: Path) -> None:
    applied = InForce(load(file, {"SECRET": "hush"}), Places(tmp_path / "d"))
    applied.snapshot.unlink()
    with pytest.raises(ConfigError, match="the applied text"):
        load(file, {"SECRET": "hush", "HERDSMAN_CONFIG": str(file), **applied.variables})


def test_another_value_from_the_environment_is_another_config(file: Path, tmp_path: Path) -> None:
    one, other = (InForce(load(file, {"SECRET": word}), Places(tmp_path / "d")) for word in ("a", "b"))
    assert one.hash != other.hash
    forget_others(Places(tmp_path / "d"), other.snapshot)
    assert Places(tmp_path / "d").snapshots() == [other.snapshot]


def test_a_running_supervisor_reads_ordinary_files_only(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(ConfigError):
            read_regular(path)
    assert SNAPSHOT_VARIABLE.startswith("HERDSMAN_CONFIG")


def test_the_data_dir_is_found_in_a_file_that_has_other_problems(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("data_dir: here\npoolz: 3\npools: [{name: '${UNSET_VARIABLE}'}]\n")
    assert data_dir(path) == tmp_path / "here"
    for hopeless in ("data_dir: [", "data_dir: [3]\n", "data_dir: ${UNSET_VARIABLE}\n"):
        path.write_text(hopeless)
        with pytest.raises(ConfigError):
            data_dir(path)
