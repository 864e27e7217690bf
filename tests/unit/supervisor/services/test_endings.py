import pytest

from supervisor.processes.children import Exit
from supervisor.services.endings import CLEAN, Next, ends, what_follows

ABORT, TERM = Exit(signal=6), Exit(signal=15)


@pytest.mark.parametrize(
    ("restart", "end", "follows"),
    [
        ("always", Exit(code=0), Next.AGAIN),
        ("on-failure", Exit(code=0), Next.LEAVE),
        ("on-failure", Exit(code=3), Next.LEAVE),
        ("on-failure", TERM, Next.LEAVE),
        ("on-failure", Exit(code=15), Next.AGAIN),
        ("on-failure", Exit(signal=3), Next.AGAIN),
        ("on-failure", Exit(), Next.AGAIN),
        ("never", Exit(code=1), Next.LEAVE),
        ("always", Exit(code=100), Next.GIVE_UP),
        ("always", ABORT, Next.GIVE_UP),
        ("always", Exit(code=6), Next.AGAIN),
        ("never", ABORT, Next.GIVE_UP),
        ("always", Exit(code=4), Next.LEAVE),
    ],
)
def test_the_rule_and_the_end_decide_and_a_code_is_never_taken_for_a_signal(restart, end, follows):
    success, final = ends([0, 3, 4, "SIGTERM"]), ends([100, 4, "SIGABRT"])
    assert what_follows(end, restart=restart, success=success, final=final) is follows


def test_ends_are_named_by_code_and_by_signal():
    assert ends([0]) == CLEAN
    assert ends([15, "SIGTERM"]) == {Exit(code=15), Exit(signal=15)}
