"""docs/features.md names a test for each feature, and each of them exists."""

import re

import pytest

from tests.support.architecture import ROOT

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "features.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith(("| feature", "| ---"))
]


def test_the_table_has_a_row_for_each_feature_and_a_cell_for_each_other_queue():
    assert len(ROWS) >= 45
    assert {len(row) for row in ROWS} == {7}
    assert all(cell for row in ROWS for cell in row)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0][:40])
def test_each_feature_is_proved_by_a_test_that_exists(row):
    path, _, name = row[2].partition("::")
    assert not path.startswith("TODO"), f"no test is named for {row[0]!r} yet"
    file = ROOT / path
    assert file.is_file()
    if name:
        assert re.search(rf"^ *(async )?def {re.escape(name)}\(", file.read_text(), re.MULTILINE), (
            f"{path} has no {name}"
        )
