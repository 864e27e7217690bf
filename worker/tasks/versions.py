"""Payloads of an older form: upcasters turn each version's payload into the next one's, up to the task's own."""

from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar

import msgspec

from engine.errors import PayloadError
from engine.payloads import payload
from worker.durations import TaskError
from worker.tasks.binding import ArgumentsError, UnreadableError, Values

FIRST = 1  # the version of every job whose producer says none: what there was before anybody counted

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
Upcaster = Callable[[Any], Any]
U = TypeVar("U", bound=Upcaster)


class VersionedTask(Protocol[P, R_co]):
    """A task's function that also takes upcasters."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co:
        """Run it, here and now."""

    def upcast(self, version: int, /) -> Callable[[U], U]:
        """Declare the function that makes a payload of the version after ``version`` from one of ``version``."""


class Upcasters:
    """One task's upcasters, by the version they start from.

    where: the task, for messages. version: the task's own.
    """

    def __init__(self, where: str, version: int) -> None:
        if isinstance(version, bool) or not isinstance(version, int) or version < FIRST:
            raise TaskError(f"{where}: version must be a whole number from {FIRST}, not {version!r}")
        self._where = where
        self.version = version
        self._steps: dict[int, Upcaster] = {}

    def upcast(self, version: int, /) -> Callable[[U], U]:
        """The decorator for the upcaster from ``version`` to the next.

        Raises:
            TaskError: no payload of the task starts there, or there is one already.
        """
        if isinstance(version, bool) or not isinstance(version, int) or not FIRST <= version < self.version:
            raise TaskError(
                f"{self._where}: upcast({version!r}): the task is of version {self.version}; "
                f"payloads are brought up from {FIRST} to {self.version - 1}"
            )

        def declare(step: U) -> U:
            other = self._steps.get(version)
            if other is not None and _place(other) != _place(step):
                raise TaskError(f"{self._where}: two upcasters from version {version}: {_place(other)}, {_place(step)}")
            self._steps[version] = step
            return step

        return declare

    def bring_up(self, value: Any, version: int) -> Any:
        """A payload of ``version`` in the task's own form.

        Raises:
            ArgumentsError: a step is missing, or failed.
        """
        for number in range(version, self.version):
            step = self._steps.get(number)
            if step is None:
                raise ArgumentsError(
                    f"the payload is of version {number}, the task of {self.version}, and no upcaster leads from "
                    f"{number} to {number + 1} (a job whose producer says no version is of version {FIRST})"
                )
            try:
                value = step(value)
            except Exception as error:
                raise ArgumentsError(
                    f"the upcaster from version {number} failed: {type(error).__name__}: {error}"
                ) from error
        return value


class Arguments:
    """The arguments of a task that has versions, from payloads of any of them.

    Args:
        bind: from plain msgpack of the task's own version to arguments.
        opener: gives a payload's plain bytes.
        version: says of which version the payload of the job that runs here is.
    """

    def __init__(
        self,
        upcasters: Upcasters,
        bind: Callable[[bytes], Values],
        opener: Callable[[bytes], bytes],
        version: Callable[[], int],
    ) -> None:
        self._upcasters = upcasters
        self._bind = bind
        self._opener = opener
        self._version = version

    def __call__(self, data: bytes) -> Values:
        """(positional, keyword) arguments for the task; raises ArgumentsError."""
        version = self._version()
        return self._bind(data if version >= self._upcasters.version else self._brought_up(data, version))

    def _brought_up(self, data: bytes, version: int) -> bytes:
        try:
            value = payload.decode(self._opener(data))
        except PayloadError as error:
            raise UnreadableError(str(error)) from None
        value = self._upcasters.bring_up(value, version)
        try:
            return msgspec.msgpack.encode(value)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ArgumentsError(f"the upcasters from version {version} on made what is no payload: {error}") from None


def attach(function: Callable[..., Any], upcasters: Upcasters, where: str) -> None:
    """Give a task's function its ``upcast``.

    Raises:
        TaskError: the function takes no attributes.
    """
    try:
        function.upcast = upcasters.upcast  # type: ignore[attr-defined]  # what VersionedTask says
    except AttributeError:
        raise TaskError(f"{where}: version= needs a plain function, not {type(function).__name__}") from None


def _place(step: Upcaster) -> str:
    return f"{getattr(step, '__module__', '?')}.{getattr(step, '__qualname__', repr(step))}"
