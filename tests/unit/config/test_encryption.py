"""Keys in the config file: read, checked, and never shown."""

import base64
import json
import subprocess
import sys

import pytest

from config import ConfigError, load

KEY = base64.b64encode(bytes(range(32))).decode()


def read(folder, text, environ=None):
    (folder / "c.yaml").write_text(text)
    return load(folder / "c.yaml", environ={} if environ is None else environ)


def test_keys_come_from_the_environment_in_order(tmp_path):
    text = "encryption: {keys: [{id: b, key: '${KEY_B}'}, {id: a, key: '${KEY_A}'}]}\npayloads: {compress_over: 4K}"
    found = read(tmp_path, text, {"KEY_B": KEY, "KEY_A": KEY})
    assert [(one.id, one.key) for one in found.encryption.keys] == [("b", KEY), ("a", KEY)]
    assert (found.payloads.max_size, found.payloads.compress_over) == (1 << 20, 4096)


def test_a_key_is_in_no_text_that_is_made_of_the_config(tmp_path):
    found = read(tmp_path, f"encryption: {{keys: [{{id: a, key: {KEY}}}]}}")
    for text in (repr(found), str(found), repr(found.encryption), repr(found.encryption.keys[0])):
        assert KEY not in text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("encryption: {keys: [{id: a, key: SECRET!}]}", "expected 32 bytes in base64"),
        ("encryption: {keys: [{id: a, key: [SECRET!]}]}", "expected text"),
        ("encryption: {keys: [{key: SECRET!}]}", "id: is required"),
        ("encryption: {keys: [SECRET!]}", "expected a mapping"),
        ("encryption: {keys: SECRET!}", "expected a list of"),
        ("encryption: SECRET!", "expected a mapping"),
        ("encryption: [SECRET!]", "expected a mapping"),
        ("encryption: {keys: {a: SECRET!}}", "expected a list of"),
        (f"encryption: {{keys: [{{id: a, key: {KEY}}}, {{id: a, key: {KEY}}}]}}", "'a' is also the id of"),
        ("payloads: {max_size: 17M}", "at most"),
    ],
)
def test_what_is_wrong_is_said_without_the_key(tmp_path, text, complaint):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert complaint in str(caught.value)
    assert "SECRET" not in str(caught.value)
    assert KEY not in str(caught.value)


def test_keys_are_printed_only_when_they_are_asked_for(tmp_path):
    (tmp_path / "c.yaml").write_text(f"encryption: {{keys: [{{id: a, key: {KEY}}}]}}")
    command = [sys.executable, "-m", "config", "-c", str(tmp_path / "c.yaml"), "--store"]
    assert KEY not in subprocess.run(command, capture_output=True, check=True, text=True).stdout
    said = subprocess.run([*command, "--payloads"], capture_output=True, check=True, text=True).stdout
    assert json.loads(said)["keys"] == [["a", KEY]]
