"""What a stranger gets who installs the wheel."""

import subprocess
import sys
import zipfile

import pytest

from tests.support.architecture import ARROWS, ROOT, project_files

ROOMS = sorted(ARROWS.keys() - {"examples"})


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = folder.glob("herdsman-*.whl")
    return zipfile.ZipFile(path)


def test_every_file_of_every_room_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    names = {str(path.relative_to(ROOT)) for path in project_files()}
    ours = {name for name in names if name.split("/")[0] in ROOMS}
    assert {name for name in ours if name.endswith(".lua")}
    assert {f"{room}/py.typed" for room in ROOMS} <= ours
    assert ours - set(wheel.namelist()) == set()


def test_nothing_else_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {*ROOMS, "herdsman_pytest.py"}


def test_the_command_and_the_licence_come_with_it(wheel: zipfile.ZipFile) -> None:
    info = next(name.split("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
    assert b"herdsman = supervisor.__main__:main" in wheel.read(f"{info}/entry_points.txt")
    assert b"herdsman = herdsman_pytest" in wheel.read(f"{info}/entry_points.txt")
    assert f"{info}/licenses/LICENSE" in wheel.namelist()
