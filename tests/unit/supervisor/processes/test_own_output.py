import os

import pytest

from supervisor.processes.outputs import Output, Outputs
from supervisor.processes.own_output import PipeStream, pour_out


def test_a_full_pipe_costs_lines_and_no_time_and_the_next_line_says_so() -> None:
    read_end, write_end = os.pipe()
    stream = PipeStream()
    stream.connect(write_end)
    for _ in range(3000):
        stream.write("x" * 99 + "\n")
    assert stream.dropped > 0
    os.read(read_end, 1 << 20)
    stream.write("afterwards\n")
    said = os.read(read_end, 1 << 20).decode()
    assert f"{stream.dropped} log lines were dropped" in said
    assert said.endswith("afterwards\n")
    os.close(read_end)
    os.close(write_end)


def test_without_a_logger_lines_go_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    PipeStream().write("hello\n")
    assert capfd.readouterr().err == "hello\n"


def test_what_no_logger_has_read_is_shown_at_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    outputs = Outputs()
    os.write(outputs.pipe("supervisor", "supervisor"), b"last words\n")
    outputs.close_writers()
    for read_end in outputs.left:
        pour_out(read_end)
        os.close(read_end)
    assert capfd.readouterr().err == "last words\n"


def test_a_tag_keeps_its_pipe_and_each_new_one_is_announced_once() -> None:
    outputs = Outputs()
    told: list[Output] = []
    outputs.announce = told.append
    first = outputs.pipe("default.0", "default")
    assert outputs.pipe("default.0", "default") == first
    assert [output.tag for output in told] == ["default.0"]
    assert not os.get_inheritable(first)
    outputs.drop("default.0")
    assert len(outputs) == 0
