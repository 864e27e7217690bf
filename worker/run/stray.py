"""A task that forks and lets the child return here would make two workers on one connection: the child must go."""

import os

_strays: list[int] = []


def guard() -> None:
    """From now on children that tasks fork are known as such; once, after the worker's own fork."""
    os.register_at_fork(after_in_child=lambda: _strays.append(os.getpid()))


def leave_if_stray() -> None:
    """End this process when it is such a child; called after every task, so it must cost next to nothing."""
    if _strays:
        os._exit(1)
