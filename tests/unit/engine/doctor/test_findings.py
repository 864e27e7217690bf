"""From what a server says of itself to findings and the headline."""

import pytest

from engine.doctor.findings import NOTE, RISK, WARNING, Facts, findings, headline

SOUND = {
    "redis_version": "7.2.4",
    "valkey_version": "9.1.2",
    "role": "master",
    "redis_mode": "standalone",
    "aof_enabled": "1",
    "aof_last_write_status": "ok",
    "aof_last_bgrewrite_status": "ok",
    "rdb_last_bgsave_status": "ok",
    "maxmemory": "1000000000",
    "maxmemory_policy": "noeviction",
    "used_memory": "1000000",
    "total_system_memory": "8000000000",
    "connected_slaves": "1",
    "master_repl_offset": "5000",
    "slave0": "ip=10.0.0.2,port=6379,state=online,offset=5000,lag=0",
    "connected_clients": "10",
    "maxclients": "10000",
    "server_time_usec": "1700000100000000",
    "rdb_last_save_time": "1700000000",
}
SET = {
    "appendfsync": "always",
    "no-appendfsync-on-rewrite": "no",
    "save": "",
    "timeout": "0",
    "min-replicas-to-write": "1",
    "client-output-buffer-limit": "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    "maxmemory-policy": "noeviction",
}
ALONE = {"connected_slaves": "0"}


def facts(info=None, settings=None, latency=1.0):
    return Facts({**SOUND, **(info or {})}, {**SET, **(settings or {})}, latency)


def test_a_sound_server_gives_nothing_to_say():
    assert findings(facts()) == []


@pytest.mark.parametrize(
    ("info", "settings", "name", "level"),
    [
        ({"valkey_version": "", "redis_version": "6.2.14"}, {}, "version", RISK),
        ({"redis_mode": "sentinel"}, {}, "role", RISK),
        ({"role": "slave"}, {}, "role", RISK),
        ({"loading": "1"}, {}, "loading", WARNING),
        ({"cluster_enabled": "1"}, {}, "cluster", NOTE),
        ({"maxmemory_policy": "allkeys-lru"}, {}, "eviction", RISK),
        ({"aof_enabled": "0"}, {}, "appendonly", RISK),
        ({}, {"appendfsync": "everysec"}, "fsync", NOTE),
        ({}, {"appendfsync": "no"}, "fsync", WARNING),
        ({}, {"no-appendfsync-on-rewrite": "yes"}, "fsync-on-rewrite", WARNING),
        ({"aof_last_write_status": "err"}, {}, "aof_last_write_status", RISK),
        ({"rdb_last_bgsave_status": "err"}, {}, "rdb_last_bgsave_status", WARNING),
        ({"aof_delayed_fsync": "3"}, {}, "slow-disk", NOTE),
        ({"used_memory": "850000000"}, {}, "memory", WARNING),
        ({"used_memory": "990000000"}, {}, "memory", RISK),
        ({"maxmemory": "0"}, {}, "no-limit", NOTE),
        ({"maxmemory": "0", "used_memory": "5000000000"}, {}, "no-limit", WARNING),
        (ALONE, {}, "replicas", NOTE),
        ({"slave0": "ip=a,port=1,state=online,offset=5000,lag=60"}, {}, "replica-lag", WARNING),
        ({"slave0": "ip=a,port=1,state=wait_bgsave,offset=0,lag=0"}, {}, "replica-lag", WARNING),
        ({"master_repl_offset": "9000000"}, {}, "replica-lag", WARNING),
        ({}, {"min-replicas-to-write": "0"}, "split-brain", NOTE),
        ({}, {"timeout": "300"}, "timeout", NOTE),
        ({"connected_clients": "9500"}, {}, "maxclients", WARNING),
        ({}, {"client-output-buffer-limit": "normal 0 0 0 pubsub 1024 512 10"}, "pubsub-buffer", WARNING),
    ],
)
def test_each_weakness_is_found_and_nothing_else(info, settings, name, level):
    [found] = findings(facts(info, settings))
    assert (found.name, found.level) == (name, level)
    assert found.what
    assert found.why


def test_a_policy_that_evicts_is_a_warning_while_there_is_no_limit():
    [first, *_] = findings(facts({"maxmemory_policy": "volatile-ttl", "maxmemory": "0"}))
    assert (first.name, first.level) == ("eviction", WARNING)


def test_a_slow_round_trip_is_found():
    assert [one.name for one in findings(facts(latency=80.0))] == ["latency"]


def test_the_worst_comes_first():
    found = findings(facts({**ALONE, "aof_enabled": "0", "used_memory": "850000000"}))
    assert [one.level for one in found] == [RISK, WARNING, NOTE]


def test_a_service_that_refuses_config_leaves_things_unknown_and_invents_nothing():
    [found] = findings(Facts(SOUND, None, 1.0))
    assert (found.name, found.level) == ("fsync", NOTE)
    assert "unknown" in found.what


def test_a_server_that_says_next_to_nothing_is_no_error():
    found = findings(Facts({"redis_version": "7.0.0", "maxmemory": "lots", "connected_slaves": "2"}, {}, 1.0))
    assert {one.name for one in found} >= {"appendonly", "replica-lag"}


@pytest.mark.parametrize(
    ("info", "settings", "said"),
    [
        ({}, {}, "a failover now may lose about 1 ms of enqueues (replica 10.0.0.2:6379)"),
        (
            {"master_repl_offset": "105000", "instantaneous_input_kbps": "1000"},
            {},
            "a failover now may lose about 98 ms of enqueues",
        ),
        ({"master_repl_offset": "105000"}, {}, "about 1000 ms"),
        (ALONE, {}, "about 0 ms"),
        (ALONE, {"appendfsync": "everysec"}, "about 1000 ms"),
        (ALONE, {"appendfsync": "no"}, "about 30000 ms"),
        ({**ALONE, "aof_enabled": "0"}, {}, "about 100000 ms of enqueues, all since its last snapshot"),
    ],
)
def test_the_headline_says_how_much_would_be_lost(info, settings, said):
    assert said in headline(facts(info, settings))


def test_the_headline_of_a_service_that_refuses_config_claims_nothing():
    assert "an unknown time" in headline(Facts({**SOUND, **ALONE}, None))
