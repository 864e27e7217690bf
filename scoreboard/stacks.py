"""How a worker that hangs is asked for the stacks of its threads before it is killed. Imports nothing of ours."""

import signal
from typing import Final

# A real-time signal: tasks may use USR1, USR2 and those from SIGRTMIN up. A zygote ignores it, so a worker that has not
# come to its handler yet is not ended by it.
STACK_SIGNAL: Final = signal.SIGRTMAX - 7
STACK_WAIT_S: Final = 0.05  # from the question to the kill, whether it was answered or not
STACK_BYTES: Final = 8192
_CUT: Final = "\n  … cut …\n"


def bounded(text: str, limit: int = STACK_BYTES) -> str:
    """Cut the middle out of stacks that are too long: the main thread stands last, the newest one first."""
    if len(text) <= limit:
        return text
    half = (limit - len(_CUT)) // 2
    return text[:half] + _CUT + text[-half:]
