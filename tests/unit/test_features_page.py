"""docs/features.md names a test for each feature, and each of them exists."""

import re

import pytest

from tests.support.architecture import ROOT

PAGE = (ROOT / "docs" / "features.md").read_text()
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.partition("\n## ")[0].splitlines()
    if line.startswith("| ") and not line.startswith(("| feature", "| ---"))
]


def test_the_table_has_a_row_for_each_feature_and_a_cell_for_each_other_queue():
    assert len(ROWS) >= 45
    assert {len(row) for row in ROWS} == {7}
    assert all(cell for row in ROWS for cell in row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_feature_is_proved_by_a_test_that_exists(row):
    path, _, name = row[2].partition("::")
    file = ROOT / path
    assert file.is_file(), f"there is no {path}, which is named for {row[0]!r}"
    assert re.search(rf"^ *(async )?def {re.escape(name)}\(", file.read_text(), re.MULTILINE), f"{path} has no {name}"


def test_what_else_the_page_names_exists_and_nothing_is_left_to_do():
    assert "TODO" not in PAGE
    for path in re.findall(r"`(tests/[^`:]+)`", PAGE):
        assert (ROOT / path).is_file(), path
    for module in re.findall(r"python -m (bench\.\w+)", PAGE):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file(), module
