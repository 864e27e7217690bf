"""`gateway:` in the config file: tokens are read, checked, and never shown."""

from datetime import UTC, datetime

import pytest

from config import ConfigError, load

HASH = "sha256:" + "a1" * 32
LEAKED = "hm_ops_Abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def read(folder, text):
    (folder / "c.yaml").write_text(text)
    return load(folder / "c.yaml", environ={}).gateway


def token(rest="", hash_=HASH):
    return f"{{id: ops, hash: '{hash_}', scopes: [read]{rest}}}"


def test_a_token_is_all_that_stands_there(tmp_path):
    said = ", queues: [mail], tenants: [acme], rate_limit: 5/s, expires: 2030-01-31"
    [found] = read(tmp_path, f"gateway: {{tokens: [{token(said)}]}}").tokens
    assert (found.id, found.hash, found.scopes, found.queues, found.tenants) == (
        "ops", HASH, ("read",), ("mail",), ("acme",),
    )  # fmt: skip
    assert found.expires == datetime(2030, 1, 31, tzinfo=UTC).timestamp()
    assert HASH not in repr(found)


@pytest.mark.parametrize("when", ["2030-01-31T12:00:00Z", "'2030-01-31 13:00+01:00'"])
def test_an_end_may_be_a_time_with_a_zone(tmp_path, when):
    [found] = read(tmp_path, f"gateway: {{tokens: [{token(', expires: ' + when)}]}}").tokens
    assert found.expires == datetime(2030, 1, 31, 12, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (f"tokens: [{token(hash_=LEAKED)}]", "not the token itself"),
        (f"tokens: [{LEAKED}]", "expected a mapping"),
        (f"tokens: {LEAKED}", "expected a list of mappings"),
        (f"tokens: {{a: {LEAKED}}}", "expected a list of mappings"),
        (f"tokens: [{token(', expires: soon')}]", "expected a date like"),
        (f"tokens: [{token(', expires: 2030-01-31T12:00')}]", "expected a date like"),
        (f"tokens: [{token(', scope: [read]')}]", "did you mean scopes?"),
        (f"tokens: [{token(', queues: []')}]", "must not be empty"),
        (f"tokens: [{{id: a, hash: '{HASH}', scopes: []}}]", "must not be empty"),
        (f"tokens: [{{id: a, hash: '{HASH}', scopes: [root]}}]", "expected one of read, submit, admin"),
        (f"tokens: [{{id: a_b, hash: '{HASH}', scopes: [read]}}]", "a token's id"),
        (f"tokens: [{token()}, {token()}]", "tokens[1] has the hash of tokens[0]"),
        ("allowed_hosts: [https://a.example]", "expected a host like"),
        ("session: {lifetime: 5s}", "must be at least 60"),
        ("rate_limit: fast", "expected a number and a time"),
    ],
)
def test_what_is_wrong_is_said_without_what_may_be_a_token(tmp_path, text, complaint):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"gateway: {{{text}}}")
    assert complaint in str(caught.value)
    assert LEAKED not in str(caught.value)
    assert HASH not in str(caught.value)
