"""Ports handed out to tests."""

from tests.support.ports import free_port


def test_no_port_is_handed_out_twice():
    handed_out = [free_port() for _ in range(300)]
    assert len(set(handed_out)) == len(handed_out)
