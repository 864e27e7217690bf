"""Which servers can keep the promise of durable=True."""

import pytest

from engine.entrance.durable import refusal


def info(product, version, **more):
    said = {"redis_version": version} if product == "redis" else {"redis_version": "7.2.4", "valkey_version": version}
    return {**said, "aof_enabled": "1", "connected_slaves": "0", **more}


def settings(fsync, on_rewrite="no"):
    return {"appendonly": "yes", "appendfsync": fsync, "no-appendfsync-on-rewrite": on_rewrite}


@pytest.mark.parametrize(
    ("product", "version", "config"),
    [
        ("redis", "7.0.15", settings("always")),
        ("redis", "7.4.1", settings("always", "yes")),  # WAITAOF waits for the rewrite's end
        ("valkey", "9.1.2", settings("always")),
        ("redis", "8.0.0", settings("everysec")),
        ("redis", "8.2.10", None),
    ],
)
def test_these_can_be_believed(product, version, config):
    assert refusal(info(product, version), config, 0) is None


@pytest.mark.parametrize(
    ("product", "version", "config", "word"),
    [
        ("redis", "7.0.15", settings("always", "yes"), "no-appendfsync-on-rewrite no"),
        ("redis", "7.0.15", settings("everysec"), "appendfsync always"),
        ("redis", "7.4.1", settings("everysec"), "appendfsync always"),
        ("valkey", "9.1.2", settings("everysec"), "valkey 9.1.2 cannot tell"),
        ("valkey", "9.1.2", None, "CONFIG is refused"),
        ("redis", "7.0.15", None, "CONFIG is refused"),
        ("redis", "8.2.10", settings("no"), "kernel"),
    ],
)
def test_these_cannot_and_are_told_what_to_set(product, version, config, word):
    assert word in refusal(info(product, version), config, 0)


def test_without_an_append_only_file_nothing_helps():
    assert "appendonly yes" in refusal(info("redis", "8.2.10", aof_enabled="0"), settings("always"), 0)


def test_replicas_that_do_not_exist_are_not_waited_for():
    assert "has 1 replicas, 2 are asked for" in refusal(
        info("redis", "8.2.10", connected_slaves="1"), settings("always"), 2
    )
