import signal
from unittest.mock import Mock

import pytest

from supervisor.outside.signals import ACTIONS


@pytest.mark.parametrize(
    ("number", "call", "arguments"),
    [
        (signal.SIGTERM, "drain", ("SIGTERM",)),
        (signal.SIGINT, "drain", ("SIGINT",)),
        (signal.SIGQUIT, "kill_now", ("SIGQUIT",)),
        (signal.SIGHUP, "roll_all", ()),
        (signal.SIGTTIN, "add_worker", (1,)),
        (signal.SIGTTOU, "add_worker", (-1,)),
        (signal.SIGUSR1, "reopen_logs", ()),
        (signal.SIGCHLD, "reap", ()),
    ],
)
def test_each_signal_means_what_the_page_says(number: signal.Signals, call: str, arguments: tuple[object, ...]) -> None:
    commander = Mock()
    ACTIONS[number](commander)
    getattr(commander, call).assert_called_once_with(*arguments)


def test_usr2_executes_the_release_on_the_disk_in_place() -> None:
    commander = Mock()
    ACTIONS[signal.SIGUSR2](commander)
    assert commander.upgrade.called
