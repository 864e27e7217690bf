import sys
from pathlib import Path

import pytest

from worker.tasks.loading import LoadError, load
from worker.tasks.registry import Registry, tasks


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    return tmp_path


def test_tasks_beside_the_config_file_are_found(folder: Path) -> None:
    (folder / "hm_good.py").write_text("from worker import task\n@task('hm-good')\ndef good(): ...\n")
    assert "hm-good" in load(["hm_good"], folder=folder)
    tasks._tasks.pop("hm-good")


def test_a_missing_module_is_named_with_where_it_was_sought(folder: Path) -> None:
    with pytest.raises(LoadError, match=r"there is no module 'hm_absent'.*searched: "):
        load(["hm_absent"], folder=folder)


def test_a_module_that_fails_shows_its_own_lines_only(folder: Path) -> None:
    (folder / "hm_bad.py").write_text("x = 1\nraise ValueError('no luck')\n")
    with pytest.raises(LoadError, match="no luck") as caught:
        load(["hm_bad"], folder=folder)
    assert "hm_bad.py" in str(caught.value)
    assert "loading.py" not in str(caught.value)


def test_a_module_that_calls_exit_is_an_error_not_an_exit(folder: Path) -> None:
    (folder / "hm_exit.py").write_text("import sys\nsys.exit(0)\n")
    with pytest.raises(LoadError, match="SystemExit"):
        load(["hm_exit"], folder=folder)


def test_a_users_own_config_is_named_as_the_clash_it_is(folder: Path) -> None:
    (folder / "config.py").write_text("KEY = 1\n")
    (folder / "hm_clash.py").write_text("from config import KEY\n")
    with pytest.raises(LoadError, match=r"config\.py bears the name of herdsman's own package 'config'"):
        load(["hm_clash"], folder=folder)


def test_a_pool_without_tasks_is_refused(folder: Path) -> None:
    (folder / "hm_empty.py").write_text("")
    with pytest.raises(LoadError, match="no task was found"):
        load(["hm_empty"], Registry(), folder=folder)
