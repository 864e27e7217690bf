import re
from pathlib import Path

import pytest

from gateway.page_files import FOLDER, page_files, read

LINES = 300
SCRIPTS = sorted(FOLDER.rglob("*.js"))
STYLES = sorted(FOLDER.rglob("*.css"))
# What would make markup of text, or run text: payloads are written by strangers.
FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.setAttribute\(\"style"
)


def test_the_page_names_only_files_that_are_there() -> None:
    files = page_files()
    named = re.findall(rb'(?:href|src)="/ui/assets/([^"]+)"', files.index.body)
    assert named
    assert [name for name in named if name.decode() not in files.assets] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_module_imports_only_modules_that_are_there(script: Path) -> None:
    wanted = re.findall(r'^import .*? from "([^"]+)";', script.read_text(), re.MULTILINE)
    assert [name for name in wanted if not (script.parent / name).resolve().is_file()] == []


def test_modules_are_small() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in (*SCRIPTS, *STYLES)}
    assert {name: lines for name, lines in lengths.items() if lines >= LINES} == {}


def test_no_module_makes_markup_of_text() -> None:
    assert [path.name for path in SCRIPTS if FORBIDDEN.search(path.read_text())] == []


def test_nothing_comes_from_a_foreign_host() -> None:
    ours = ("http://www.w3.org/2000/svg",)
    found = {
        url
        for path in (*SCRIPTS, *STYLES, FOLDER / "index.html")
        for url in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'`)]*", path.read_text())
    }
    assert {url for url in found if not url.startswith(ours)} == set()


def test_the_page_has_no_script_and_no_style_of_its_own() -> None:
    page = (FOLDER / "index.html").read_text()
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", page) == []


def test_another_file_is_another_hash_and_the_page_knows_it(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<meta name="assets" content="{{assets}}">')
    (tmp_path / "a.js").write_text("1")
    first = read(tmp_path)
    (tmp_path / "a.js").write_text("2")
    second = read(tmp_path)
    assert first.hash != second.hash
    assert second.hash.encode() in second.index.body
    assert first.assets["a.js"].tag != second.assets["a.js"].tag


def test_a_package_without_its_page_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"index\.html"):
        read(tmp_path)
