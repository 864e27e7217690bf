import json
from pathlib import Path

import pytest

from config import Config, Places, namespace, redact, store_url
from config.__main__ import main


def test_without_a_redis_section_the_store_is_the_embedded_ones_socket(tmp_path):
    config = Config(data_dir=Path("/srv/my herd"))
    assert store_url(config) == "unix:///srv/my%20herd/run/store.sock"
    assert str(Places(config.data_dir).store_socket) == "/srv/my herd/run/store.sock"
    assert namespace(config) == "default"


def test_a_given_url_is_used_as_it_is():
    config = Config(redis={"url": "redis://h:1/2", "namespace": "shop"})
    assert (store_url(config), namespace(config)) == ("redis://h:1/2", "shop")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("redis://:secret@h:6379/0", "redis://:***@h:6379/0"),
        ("rediss://user:secret@h", "rediss://user:***@h"),
        ("redis://user:se:c/r@t#@h:1", "redis://user:***@h:1"),
        ("redis+sentinel://u:secret@a:1,b:2/main/0", "redis+sentinel://u:***@a:1,b:2/main/0"),
        ("unix:///run/s.sock?db=1&password=secret", "unix:///run/s.sock?db=1&password=***"),
        ("redis://h?sentinel_password=secret&db=1", "redis://h?sentinel_password=***&db=1"),
        ("unix://u:secret@/run/s.sock", "unix://u:***@/run/s.sock"),
    ],
)
def test_no_password_is_shown(url, shown):
    assert redact(url) == shown


def test_the_store_of_a_file_is_printed_as_json_for_others(tmp_path, capsys):
    path = tmp_path / "herd.yaml"
    path.write_text("redis: {url: 'redis://:secret@h:1/2', namespace: shop}\n")
    assert main(["-c", str(path), "--store"]) == 0
    assert json.loads(capsys.readouterr().out) == {"url": "redis://:secret@h:1/2", "namespace": "shop"}


def test_without_a_redis_section_the_embedded_stores_socket_is_printed(tmp_path, capsys):
    (tmp_path / "herd.yaml").write_text("data_dir: state\n")
    assert main(["--store", "-c", str(tmp_path / "herd.yaml")]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["url"].startswith("unix:///"), answer["namespace"]) == (True, "default")


def test_a_bad_file_has_no_store(tmp_path, capsys):
    (tmp_path / "herd.yaml").write_text("pool: []\n")
    assert main(["-c", str(tmp_path / "herd.yaml"), "--store"]) == 2
    said = capsys.readouterr()
    assert (said.out, "did you mean pools?" in said.err) == ("", True)


@pytest.mark.parametrize("words", [["--store"], ["-c", "x"], ["-c", "x", "--store", "y"]])
def test_half_a_question_is_wrong_usage(words, capsys):
    assert main(words) == 2
    assert "usage" in capsys.readouterr().err
