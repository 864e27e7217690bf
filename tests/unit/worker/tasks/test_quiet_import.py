import os
import resource

import pytest

from worker.tasks import quiet_import
from worker.tasks.quiet_import import may_return_to, quietly


@pytest.mark.parametrize("may", [True, False])
def test_the_import_is_quieter_and_what_comes_after_it_is_not(may: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0))
    if may and not may_return_to(before[0]):
        pytest.skip("this user may not raise a priority again")
    monkeypatch.setattr(quiet_import, "may_return_to", lambda _: may)
    with quietly():
        assert (os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)) != before
    assert (os.getpriority(os.PRIO_PROCESS, 0), os.sched_getscheduler(0)) == before


def test_a_priority_is_only_lowered_where_it_can_be_raised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (40, 40))
    assert may_return_to(0)
