import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import config
from config.load import LARGEST_FILE
from tests.support.architecture import ROOT

WHOLE_FILE = """\
redis: {url: "redis://localhost:6379/0", namespace: shop}
data_dir: state
pools:
  - name: default
    tasks: [examples.text]
    queues: [critical, default, low]
    instances: 4
    concurrency: 2
    drain_timeout: 1m
    max_memory_restart: 300M
    max_jobs: 10
    env: {KEY: value}
    http_port: 5001
    http_task: uppercase
    max_batch: 50
programs:
  - {name: web, command: [node, server.js], restart: on-failure, cwd: web, instances: 2, stop_timeout: 5}
janitor: {enabled: false, interval: 2s}
gateway: {enabled: no, host: 0.0.0.0, port: 8080}
metrics: {enabled: yes, host: "::1", port: 0}
queues:
  default: {retries: 5, backoff: {base: 2s, factor: 3, max: 2h, jitter: 0}, lease: 1m}
  bulk: {max_pending: 1000, backoff: {max: 10s}}
store: {fsync: always, max_memory: 1G}
logs: {max_size: 1M, max_total: 5M, echo: false}
"""


def write(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def complaints(folder: Path, text: str | bytes, environ: dict[str, str] | None = None) -> list[str]:
    """What loading complains of, without the folder's name."""
    with pytest.raises(config.ConfigError) as caught:
        config.load(write(folder, text), environ or {})
    return str(caught.value).replace(f"{folder}/", "").splitlines()


def test_every_key_of_the_format_is_read(tmp_path):
    loaded = config.load(write(tmp_path, WHOLE_FILE), {})
    pool, program = loaded.pools[0], loaded.programs[0]
    assert loaded.redis is not None
    assert (loaded.redis.url, loaded.redis.namespace) == ("redis://localhost:6379/0", "shop")
    assert loaded.data_dir == tmp_path / "state"
    assert loaded.path == tmp_path / "config.yaml"
    assert pool.queues == ("critical", "default", "low")
    assert pool.queue_weights == {}
    assert (pool.instances, pool.concurrency, pool.drain_timeout) == (4, 2, 60.0)
    assert (pool.max_memory_restart, pool.max_jobs, pool.env) == (300 << 20, 10, {"KEY": "value"})
    assert (pool.http_port, pool.http_task, pool.max_batch) == (5001, "uppercase", 50)
    assert (program.command, program.restart) == (("node", "server.js"), "on-failure")
    assert (program.cwd, program.instances, program.stop_timeout) == (tmp_path / "web", 2, 5.0)
    assert (loaded.janitor.enabled, loaded.janitor.interval) == (False, 2.0)
    assert (loaded.gateway.enabled, loaded.gateway.host, loaded.gateway.port) == (False, "0.0.0.0", 8080)
    assert (loaded.metrics.enabled, loaded.metrics.host, loaded.metrics.port) == (True, "::1", 0)
    assert (loaded.store.fsync, loaded.store.max_memory) == ("always", 1 << 30)
    assert (loaded.logs.max_size, loaded.logs.max_total, loaded.logs.echo) == (1 << 20, 5 << 20, False)


def test_an_empty_file_is_all_defaults(tmp_path):
    loaded = config.load(write(tmp_path, ""), {})
    assert loaded.redis is None
    assert loaded.data_dir == tmp_path / ".herdsman"
    assert (loaded.pools, loaded.programs) == ((), ())
    assert (loaded.gateway.port, loaded.metrics.port, loaded.janitor.interval) == (5000, 9100, 1.0)


def test_sections_whose_keys_are_all_commented_out_are_defaults(tmp_path):
    loaded = config.load(write(tmp_path, "gateway:\npools:\nqueues:\n  slow:\nlogs: # {echo: no}\n"), {})
    assert loaded.gateway.port == 5000
    assert loaded.queue("slow").retries == 3


def test_an_empty_redis_section_is_not_taken_for_the_embedded_store(tmp_path):
    assert complaints(tmp_path, "redis:\n") == ["config.yaml:1:7: redis.url: is required"]


def test_a_relative_folder_is_taken_from_the_file_and_not_from_where_we_are(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path, "data_dir: state")
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert config.load(Path("../config.yaml"), {}).data_dir == tmp_path / "state"


def test_everything_that_is_wrong_is_said_at_once_in_the_files_order_with_places(tmp_path):
    text = """\
pools:
  - name: Default
    task: [examples.text]
    instnces: 4
    drain_timeout: 1:30
  - name: b
    tasks: []
    http_port: 5000
programs:
  - {name: b, command: "", restart: allways}
gatway: {}
"""
    assert complaints(tmp_path, text, {"HERDSMAN_JANITOR__INTERVAL": "soon"}) == [
        "config.yaml:2:5: pools[0].tasks: is required",
        (
            "config.yaml:2:11: pools[0].name: expected a lower-case letter, then at most 31 of a-z, 0-9, _ and -,"
            " got 'Default'"
        ),
        "config.yaml:3:5: pools[0].task: unknown key (did you mean tasks?)",
        "config.yaml:4:5: pools[0].instnces: unknown key (did you mean instances?)",
        (
            "config.yaml:5:20: pools[0].drain_timeout: expected a duration like 250ms, 30s, 5m, 1h30m, 2d or seconds,"
            " got '1:30'"
        ),
        "config.yaml:7:12: pools[1].tasks: must not be empty",
        "config.yaml:8:16: pools[1].http_port: port 5000 is also gateway.port: choose another",
        "config.yaml:10:12: programs[0].name: 'b' is also the name of pools[1]: choose another",
        "config.yaml:10:24: programs[0].command: is empty: expected a program and its arguments",
        (
            "config.yaml:10:37: programs[0].restart: expected one of always, on-failure, never, got 'allways'"
            " (did you mean always?)"
        ),
        "config.yaml:11:1: gatway: unknown key (did you mean gateway?)",
        (
            "HERDSMAN_JANITOR__INTERVAL: janitor.interval: expected a duration like 250ms, 30s, 5m, 1h30m, 2d or"
            " seconds, got 'soon'"
        ),
    ]


def test_an_unknown_key_that_resembles_none_gets_the_list_of_known_ones(tmp_path):
    assert complaints(tmp_path, "janitor: {zzz: 1}") == [
        "config.yaml:1:11: janitor.zzz: unknown key (known here: enabled, interval)"
    ]


def test_a_queue_named_like_a_key_does_not_confuse_the_suggestions(tmp_path):
    assert complaints(tmp_path, "queues: {backoff: {retrys: 1}}") == [
        "config.yaml:1:20: queues.backoff.retrys: unknown key (did you mean retries?)"
    ]


def test_a_wrong_kind_of_value_is_named(tmp_path):
    assert complaints(tmp_path, "pools: {a: 1}\njanitor: [1]\nqueues: x\nlogs: {echo: maybe}") == [
        "config.yaml:1:8: pools: expected a list, like [first, second], got a mapping",
        "config.yaml:2:10: janitor: expected a mapping (key: value lines), got a list",
        "config.yaml:3:9: queues: expected a mapping (key: value lines), got 'x'",
        "config.yaml:4:14: logs.echo: expected true or false, got 'maybe'",
    ]


def test_a_file_that_is_no_mapping_is_refused(tmp_path):
    assert complaints(tmp_path, "hello") == ["config.yaml:1:1: expected a mapping (key: value lines), got 'hello'"]


def test_a_wrong_item_does_not_make_its_list_empty(tmp_path):
    assert complaints(tmp_path, "pools: [{name: a, tasks: [a-b]}]") == [
        "config.yaml:1:27: pools[0].tasks[0]: expected a module's dotted name like examples.text, got 'a-b'"
    ]


def test_values_too_large_or_too_small_are_refused(tmp_path):
    assert complaints(tmp_path, "gateway: {port: 70000}\njanitor: {interval: 1ms}") == [
        "config.yaml:1:17: gateway.port: must be at most 65535, got '70000'",
        "config.yaml:2:21: janitor.interval: must be at least 0.05, got 0.001",
    ]


def test_rules_inside_a_section_are_told_at_the_section(tmp_path):
    assert complaints(tmp_path, "logs:\n  max_size: 1M\n  max_total: 64K") == [
        "config.yaml:2:3: logs: max_total (65536 bytes) is less than max_size (1048576 bytes)"
    ]


def test_the_password_of_a_url_is_not_repeated_in_the_error_or_the_models_text(tmp_path):
    for url in ("redis://u:s3cret@", "http://u:s3cret@h", "redis://:s3/cret#@h:1", "redis://u:s3cret@h/x"):
        assert "cret" not in "\n".join(complaints(tmp_path, f'redis: {{url: "{url}"}}'))
    loaded = config.load(write(tmp_path, 'redis: {url: "redis://u:s3cret@h"}'), {})
    assert "s3cret" not in repr(loaded)


def test_a_missing_file_a_folder_and_an_impossible_name_are_problems(tmp_path):
    for path in (tmp_path / "absent.yaml", tmp_path, Path("a\0b")):
        with pytest.raises(config.ConfigError, match="cannot be read"):
            config.load(path, {})


def test_a_file_that_is_not_utf8_is_told_where(tmp_path):
    assert complaints(tmp_path, b"pools: []\ndata_dir: caf\xe9") == [
        "config.yaml:2:14: byte 0xe9 is not UTF-8 (save the file as UTF-8)"
    ]


def test_a_huge_file_is_refused(tmp_path):
    assert complaints(tmp_path, b"#" * (LARGEST_FILE + 1)) == [
        "config.yaml: is larger than 1 MiB: this is no config file"
    ]


def test_text_that_is_not_yaml_gives_one_problem_whatever_the_environment_says(tmp_path):
    assert complaints(tmp_path, "pools: ]", {"HERDSMAN_FOO__BAR": "1"}) == [
        "config.yaml:1:8: not YAML: while parsing a block node, did not find expected node content"
    ]


def test_an_unset_variable_is_one_problem_and_not_two(tmp_path):
    assert complaints(tmp_path, "gateway:\n  port: ${PORT}") == [
        "config.yaml:2:9: gateway.port: the environment has no PORT (set it, or write ${PORT:-default})"
    ]


@pytest.mark.parametrize(
    ("written", "variable"),
    [
        ("pools: []\n", None),
        ("data_dir: here\n", None),
        ("data_dir: '~/herd'\n", None),
        ("data_dir: /var/herd\n", None),
        ("data_dir: ${PLACE:-there}/d\n", None),
        ("data_dir: here\n", "elsewhere"),
        ("", "only-here"),
    ],
)
def test_the_data_dir_is_the_same_whether_the_whole_file_is_read_or_not(tmp_path, monkeypatch, written, variable):
    if variable:
        monkeypatch.setenv("HERDSMAN_DATA_DIR", variable)
    path = write(tmp_path, written.encode())
    assert config.data_dir(path) == config.load(path).data_dir


def test_finding_the_data_dir_loads_no_schema(tmp_path):
    path = write(tmp_path, b"data_dir: here\n")
    code = (
        f"import sys, pathlib, config\nconfig.data_dir(pathlib.Path({str(path)!r}))\nprint('pydantic' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "False\n"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=60),
        st.lists(st.sampled_from([*"pools:[]{}-&*!|>'\"#%@ \n", "name", ": ", "\n  ", "$", "${X"])).map(
            lambda parts: "".join(parts).encode()
        ),
    )
)
def test_no_file_whatever_costs_a_stack_trace(tmp_path, content):
    with suppress(config.ConfigError):
        assert config.load(write(tmp_path, content), {}).path == tmp_path / "config.yaml"
