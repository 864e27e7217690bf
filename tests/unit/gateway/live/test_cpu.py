import time
from pathlib import Path

from gateway.live.cpu import CpuMeter


def stat(proc: Path, pid: int, ticks: int, started: int) -> None:
    (proc / str(pid)).mkdir(exist_ok=True)
    fields = ["S", *["0"] * 10, str(ticks), "0", *["0"] * 6, str(started), "0"]
    (proc / str(pid) / "stat").write_text(f"{pid} (odd ) name) {' '.join(fields)}\n")


def test_a_share_is_known_from_the_second_look_on(tmp_path: Path) -> None:
    meter = CpuMeter(str(tmp_path))
    stat(tmp_path, 7, 100, 1)
    assert meter.shares([7]) == {7: None}
    time.sleep(0.21)
    stat(tmp_path, 7, 110, 1)
    share = meter.shares([7])[7]
    assert share is not None
    assert 0 < share <= 0.5
    assert meter.shares([7]) == {7: share}


def test_another_process_with_its_number_begins_anew_and_one_that_has_gone_is_forgotten(tmp_path: Path) -> None:
    meter = CpuMeter(str(tmp_path))
    stat(tmp_path, 7, 100, 1)
    meter.shares([7])
    time.sleep(0.21)
    stat(tmp_path, 7, 5, 2)
    assert meter.shares([7]) == {7: None}
    assert meter.shares([8]) == {8: None}
    assert meter.shares([]) == {}
