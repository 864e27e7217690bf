import pytest

import config.tracing
from config import Config, ConfigError, load


def read(folder, text) -> Config:
    (folder / "c.yaml").write_text(text)
    return load(folder / "c.yaml", environ={})


def test_it_is_off_unless_it_is_asked_for(tmp_path):
    found = read(tmp_path, "{}").tracing
    assert not found.enabled
    assert found.settings() == {
        "endpoint": "http://127.0.0.1:4318", "service_name": "herdsman", "sample": 1.0, "headers": {},
    }  # fmt: skip


def test_what_is_sent_with_each_export_is_in_no_text_that_is_made_of_the_config(tmp_path):
    found = read(tmp_path, "tracing: {headers: {authorization: 'Bearer hush'}}")
    assert found.tracing.headers == {"authorization": "Bearer hush"}
    assert "hush" not in repr(found) + str(found) + repr(found.tracing)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("headers: {authorization: [hush]}", "tracing.headers: expected text"),
        ('headers: {authorization: "hush\\n"}', "the value of authorization must be printable ASCII"),
        ("headers: {'a b': hush}", "a header's name is letters, digits and -"),
        ("headers: hush", "expected a mapping"),
        ("headers: [hush]", "expected a mapping"),
        ("endpoint: 'https://me:hush@host'", "expected a URL"),
        ("sample: 1.5", "must be at most 1"),
        ("service_name: ''", "must not be empty"),
    ],
)
def test_what_is_wrong_is_said_without_the_secret(tmp_path, text, complaint):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"tracing: {{{text}}}")
    assert complaint in str(caught.value)
    assert "hush" not in str(caught.value)


def test_packages_that_are_missing_are_told_of_only_when_tracing_is_on(tmp_path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(config.tracing, "NEEDED", ("opentelemetry.sdk.trace", "not_installed.anywhere"))
    read(tmp_path, "tracing: {enabled: false}").tracing.refuse_missing(None)
    found = read(tmp_path, "tracing: {enabled: true}")
    with pytest.raises(ConfigError, match=r"c.yaml:1:20: tracing.enabled: .*no not_installed.anywhere: pip install"):
        found.tracing.refuse_missing(found.mark("tracing", "enabled"))
