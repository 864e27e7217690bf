import io
import logging
import re

import pytest

from config import logs


@pytest.fixture(autouse=True)
def root_logger():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    yield root
    root.handlers[:], level = before
    root.setLevel(level)


def test_a_record_is_one_line_with_time_level_process_and_message():
    stream = io.StringIO()
    logs.set_up("supervisor", stream)
    logging.getLogger("anything").warning("pool %s is up", "a")
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING supervisor: pool a is up\n"
    assert re.fullmatch(pattern, stream.getvalue())


def test_the_time_is_utc():
    record = logging.LogRecord("n", logging.INFO, "f", 1, "x", None, None)
    record.created, record.msecs = 0.0, 7.0
    assert logs.LineFormatter("p").format(record) == "1970-01-01T00:00:00.007Z INFO    p: x"


def test_setting_up_again_replaces_the_name_and_does_not_double_the_lines(root_logger):
    first, second = io.StringIO(), io.StringIO()
    logs.set_up("zygote", first)
    logs.set_up("worker", second)
    logging.getLogger().info("x")
    assert first.getvalue() == ""
    assert second.getvalue().endswith("worker: x\n")


def test_the_stream_is_the_standard_error_of_the_moment(capsys):
    logs.set_up("p")
    logging.getLogger().info("x")
    assert capsys.readouterr().err.endswith("p: x\n")


def test_control_characters_do_not_reach_the_terminal():
    stream = io.StringIO()
    logs.set_up("p", stream)
    logging.getLogger().info("%s", "\x1b[2Jgone\r\x00")
    assert stream.getvalue().endswith("p: \\x1b[2Jgone\\x0d\\x00\n")


def test_the_level_decides_what_is_shown():
    stream = io.StringIO()
    logs.set_up("p", stream, logging.ERROR)
    logging.getLogger().info("x")
    assert stream.getvalue() == ""
