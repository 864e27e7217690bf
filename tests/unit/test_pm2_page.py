"""docs/pm2.md names tests for each feature of PM2 and for each pain, and all of them exist."""

import re

import pytest

from tests.support.architecture import ROOT

PAGE = (ROOT / "docs" / "pm2.md").read_text()
NAMED = sorted(set(re.findall(r"tests/[\w/]+\.py::test_\w+", PAGE)))
ROWS = [
    line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| feature", "| |"))
]


def test_every_row_names_a_test() -> None:
    assert len(ROWS) >= 70
    assert [row for row in ROWS if "::test_" not in row] == []


@pytest.mark.parametrize("name", NAMED)
def test_what_is_named_exists(name: str) -> None:
    path, _, test = name.partition("::")
    assert re.search(rf"^ *(async )?def {test}\(", (ROOT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("number", range(1, 21))
def test_each_of_the_twenty_pains_has_a_test_that_bears_its_number(number: int) -> None:
    assert any(f"::test_pain_{number:02}_" in name for name in NAMED)
