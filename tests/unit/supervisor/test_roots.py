from pathlib import Path

import pytest

from supervisor import roots


def test_our_own_packages_share_one_root() -> None:
    assert roots.clashes() == []


def test_a_package_found_elsewhere_is_named_with_both_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / "clashing"
    theirs.mkdir()
    (theirs / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    (said,) = roots.clashes(packages=("clashing",))
    assert str(theirs) in said
    assert str(roots.ROOT) in said


def test_a_missing_package_is_named() -> None:
    (said,) = roots.clashes(packages=("no_such_package_of_ours",))
    assert "missing" in said
