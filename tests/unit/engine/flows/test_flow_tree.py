from engine import FlowMember, JobState
from engine.cli.flows import tree


def member(n, *parents, **fields):
    return FlowMember(
        name=f"m{n}", id=str(n), type="t", state=JobState.PENDING, parents=dict.fromkeys(parents, "fail"), **fields
    )


def test_a_member_stands_below_the_deepest_it_waited_for():
    lines = tree([member(1), member(2, "1"), member(3, "1", "2"), member(4, "1", waiting=True), member(5)])
    assert lines == [
        "  m1  pending  1",
        "    m2  pending  2",
        "      m3  pending  3  (and 1 more before it)",
        "    m4  waiting  4",
        "  m5  pending  5",
    ]


def test_a_member_that_another_added_stands_below_that_one():
    assert tree([member(1), member(2, spawned_by="1", skipped=True, reason="why")])[1] == "    m2  skipped  2  why"


def test_a_long_chain_is_no_trouble():
    assert len(tree([member(0), *(member(n, str(n - 1)) for n in range(1, 5000))])) == 5000
