import logging
import os
import stat
from pathlib import Path

import pytest

from supervisor.applying.overrides import Override, Overrides

FIVE = Override(instances=5, file=4)
STOPPED = Override(file=1, stopped=True)


def test_what_was_set_is_there_for_the_next_supervisor(tmp_path: Path) -> None:
    path = tmp_path / "overrides.json"
    Overrides(path).update({"web": FIVE, "mail": STOPPED, "plain": Override(file=2)})
    assert Overrides(path).all() == {"web": FIVE, "mail": STOPPED}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path], "no half-written file is left"


def test_a_name_that_nobody_spoke_of_keeps_what_was_set_for_it(tmp_path: Path) -> None:
    path = tmp_path / "overrides.json"
    Overrides(path).update({"web": FIVE})
    Overrides(path).update({"mail": STOPPED})
    assert Overrides(path).all() == {"web": FIVE, "mail": STOPPED}
    Overrides(path).drop("web")
    assert Overrides(path).all() == {"mail": STOPPED}


def test_nothing_is_written_where_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "overrides.json"
    overrides = Overrides(path)
    overrides.update({"web": Override(file=4)})
    assert not path.exists()
    overrides.update({"web": FIVE})
    before = path.stat()
    overrides.update({"web": FIVE})
    assert path.stat() == before


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{", b"[]", b"\xff\xfe\x00", b'{"version": 2, "overrides": {}}', b'{"version": 1}', b"[" * 100_000,
        b'{"version": 1, "overrides": {"web": 3}}',
        b'{"version": 1, "overrides": {"web": {"instances": -1, "file": 1, "stopped": false}}}',
        b'{"version": 1, "overrides": {"web": {"instances": 1e9, "file": 1, "stopped": false}}}',
        b'{"version": 1, "overrides": {"web": {"instances": 1, "file": 1, "stopped": 1}}}',
    ],
)  # fmt: skip
def test_a_damaged_file_counts_for_nothing_and_is_kept_aside(
    content: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "overrides.json"
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert Overrides(path).all() == {}
    assert "damaged" in caplog.text
    assert (tmp_path / "overrides.json.damaged").read_bytes() == content


def test_a_pipe_in_its_place_blocks_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "overrides.json"
    os.mkfifo(path)
    assert Overrides(path).all() == {}
    assert "no ordinary file" in caplog.text


def test_a_disk_that_refuses_leaves_the_override_in_force(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    overrides = Overrides(tmp_path / "gone" / "overrides.json")
    overrides.update({"web": FIVE})
    assert overrides.get("web") == FIVE
    assert "cannot be written" in caplog.text


def test_it_says_for_people_what_was_set() -> None:
    assert FIVE.text == "instances 5 (file: 4)"
    assert Override(2, 1, stopped=True).text == "instances 2 (file: 1), stopped"
