"""`control:` in the config file."""

from pathlib import Path

import pytest

import config


def load(tmp_path: Path, text: str) -> config.Config:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return config.load(path, {})


def test_the_read_only_socket_is_for_its_owner_unless_told_otherwise(tmp_path: Path) -> None:
    assert load(tmp_path, "pools: []").control.read_only.mode == 0o600


@pytest.mark.parametrize("mode", ["0660", "660", "'0660'"])
def test_a_mode_is_octal_however_it_is_written(tmp_path: Path, mode: str) -> None:
    found = load(
        tmp_path, f"control: {{read_only: {{path: /run/h/s.sock, group: ops, mode: {mode}}}}}"
    ).control.read_only
    assert (found.mode, found.group, found.path) == (0o660, "ops", Path("/run/h/s.sock"))


@pytest.mark.parametrize("mode", ["0777", "060", "9", "rw", "-600", "0066"])
def test_a_mode_that_makes_no_sense_is_refused(tmp_path: Path, mode: str) -> None:
    with pytest.raises(config.ConfigError, match="permissions like 0600"):
        load(tmp_path, f"control: {{read_only: {{path: s.sock, mode: {mode}}}}}")


def test_others_cannot_be_let_into_a_closed_folder(tmp_path: Path) -> None:
    with pytest.raises(config.ConfigError, match="give it a `path`"):
        load(tmp_path, "control: {read_only: {mode: 0660}}")
