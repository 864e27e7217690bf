"""Says a lasting trouble once, not once a second, and says when it is over.

A janitor tries again every second. Without this its log would hold the same line
as often, and the line that matters would be lost among them.
"""

import logging
from collections.abc import Callable

REMIND_AFTER = 60.0
"""Seconds after which a trouble that lasts is told again, with the number of failures."""


class Complaint:
    """One subject that can be in trouble: the store, or one duty.

    Attributes:
        failures: failures in a row so far, zero when all is well.
    """

    def __init__(self, subject: str, log: logging.Logger, clock: Callable[[], float]) -> None:
        self.failures = 0
        self._subject = subject
        self._log = log
        self._clock = clock
        self._since = 0.0
        self._told = 0.0

    def trouble(self, error: Exception, *, trace: bool = False) -> None:
        """Count a failure; tell it when it is new, changed nothing else, or lasts.

        Args:
            error: what went wrong.
            trace: add the stack to the first telling (for errors that nobody expects).
        """
        now = self._clock()
        self.failures += 1
        if self.failures == 1:
            self._since = self._told = now
            self._log.error("%s: %s", self._subject, _said(error), exc_info=error if trace else None)
        elif now - self._told >= REMIND_AFTER:
            self._told = now
            lasting = now - self._since
            self._log.error(
                "%s: still failing after %.0f s and %d tries: %s",
                self._subject,
                lasting,
                self.failures,
                _said(error),
            )

    def well(self) -> None:
        """End the trouble, if there was one, and say so."""
        if not self.failures:
            return
        lasted = self._clock() - self._since
        self._log.info("%s: well again after %.1f s and %d failed tries", self._subject, lasted, self.failures)
        self.failures = 0


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__
