"""From a job's payload to the arguments of a task, by its type hints, straight from the msgpack bytes.

A map becomes keyword arguments, a list positional ones, anything else the one positional argument; nothing (nil) none.
"""

import inspect
import typing
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from engine.payloads.envelope import EXTENSIONS

_NIL = 0xC0
_MAPS = frozenset((*range(0x80, 0x90), 0xDE, 0xDF))
_LISTS = frozenset((*range(0x90, 0xA0), 0xDC, 0xDD))
_NO_VALUES: tuple[Any, ...] = ()
_NO_NAMES: dict[str, Any] = {}

Values = tuple[tuple[Any, ...], dict[str, Any]]


class ArgumentsError(Exception):
    """The payload does not fit the task; the message says where and what was expected. Running it again is no use."""


class UnreadableError(ArgumentsError):
    """The payload cannot be read at all: it is damaged, or encrypted with a key that this worker does not have.

    Attributes:
        cause: which of the two, as it stands in the dead letter.
    """

    def __init__(self, message: str, cause: str = "undecodable") -> None:
        super().__init__(message)
        self.cause = cause


def _as_it_is(payload: bytes) -> bytes:
    return payload


class Binding:
    """How the payloads of one task become its arguments. Made once for each task, used for every job."""

    def __init__(self, function: Callable[..., Any]) -> None:
        parameters = inspect.signature(function).parameters.values()
        hints = _hints(function)
        kinds = inspect.Parameter
        self.takes_rest = any(p.kind is kinds.VAR_POSITIONAL for p in parameters)
        self.takes_names = any(p.kind is kinds.VAR_KEYWORD for p in parameters)
        named = [p for p in parameters if p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)]
        self.names = [p.name for p in named]
        self._places = [p for p in named if p.kind is not kinds.KEYWORD_ONLY]
        self._by_name_only = {p.name for p in named if p.kind is kinds.KEYWORD_ONLY}
        self._by_place_only = {p.name for p in named if p.kind is kinds.POSITIONAL_ONLY}
        self._required = [p.name for p in named if p.default is kinds.empty]
        self._types = {p.name: hints.get(p.name, Any) for p in named}
        self._open: Callable[[bytes], bytes] = _as_it_is
        self._simple = len(self._required) == len(named) == len(self._places)
        self._build(named)

    def _build(self, named: list[inspect.Parameter]) -> None:
        try:
            self._map = _decoder(named, self._types, array_like=False)
            self._list = _decoder(self._places, self._types, array_like=True)
            self._one = msgspec.msgpack.Decoder(self._first_type(), dec_hook=_foreign)
        except (TypeError, NotImplementedError):
            # Hints that msgspec cannot turn into a schema (some unions) check nothing rather than forbid the task.
            self._types = dict.fromkeys(self._types, Any)
            self._map = _decoder(named, self._types, array_like=False)
            self._list = _decoder(self._places, self._types, array_like=True)
            self._one = msgspec.msgpack.Decoder(Any)

    def opening(self, opener: Callable[[bytes], bytes]) -> "Binding":
        """The same binding for payloads that may be packed: `opener` gives the plain bytes, plain ones as they are."""
        other = object.__new__(Binding)
        for name, value in vars(self).items():  # one by one: attributes copied as a whole are slower to read for ever
            setattr(other, name, value)
        other._open = opener
        return other

    def _first_type(self) -> Any:
        return self._types[self._places[0].name] if self._places else Any

    def arguments(self, payload: bytes) -> Values:
        """(positional, keyword) arguments for the task.

        Raises:
            ArgumentsError: the payload is no msgpack, or does not fit the parameters.
        """
        first = payload[0] if payload else _NIL
        try:
            if first in _MAPS:
                return self._from_map(payload)
            if first == _NIL:
                return (_NO_VALUES, _NO_NAMES) if not self._required else self._missing()
            if first in _LISTS:
                return self._from_list(payload)
            if first in EXTENSIONS and (opened := self._open(payload)) is not payload:
                return self.arguments(opened)
            return self._from_one(payload)
        except msgspec.MsgspecError as error:
            raise ArgumentsError(self._explain(str(error))) from None

    def _from_map(self, payload: bytes) -> Values:
        if self.takes_names:
            return _NO_VALUES, self._open_names(payload)
        fields = self._map.decode(payload)
        if self._simple:
            return msgspec.structs.astuple(fields), _NO_NAMES
        given = {name: value for name in self.names if (value := getattr(fields, name)) is not UNSET}
        if not self._by_place_only:
            return _NO_VALUES, given
        return _split(given, self._by_place_only)

    def _open_names(self, payload: bytes) -> dict[str, Any]:
        given = msgspec.msgpack.decode(payload, type=dict[str, Any])
        for name in self._required:
            if name not in given:
                raise msgspec.ValidationError(f"Object missing required field `{name}`")
        for name in given.keys() & self._types.keys():
            given[name] = msgspec.convert(given[name], self._types[name], dec_hook=_foreign)
        return given

    def _from_list(self, payload: bytes) -> Values:
        if self.takes_rest:
            given = msgspec.msgpack.decode(payload, type=list[Any])
            for at, place in enumerate(self._places[: len(given)]):
                given[at] = msgspec.convert(given[at], self._types[place.name], dec_hook=_foreign)
            return tuple(given), _NO_NAMES
        values = msgspec.structs.astuple(self._list.decode(payload))
        return tuple(value for value in values if value is not UNSET), _NO_NAMES

    def _from_one(self, payload: bytes) -> Values:
        if not self._places and not self.takes_rest:
            raise ArgumentsError("the task takes no positional argument, but the payload is a single value")
        also = [name for name in self._required if not self._places or name != self._places[0].name]
        if also:
            raise ArgumentsError(f"the payload is a single value, but the task also needs {', '.join(also)}")
        return (self._one.decode(payload),), _NO_NAMES

    def _missing(self) -> Values:
        raise ArgumentsError(f"the payload is empty, but the task needs {', '.join(self._required)}")

    def _explain(self, message: str) -> str:
        expected = ", ".join(self.names) or "nothing"
        return f"the payload does not fit the task: {message}; the task takes: {expected}"


def bind(function: Callable[..., Any]) -> Binding:
    """The binding of a function."""
    return Binding(function)


def _hints(function: Callable[..., Any]) -> dict[str, Any]:
    """Its type hints; those that cannot be looked up (names imported for type checking only) are left out."""
    try:
        return typing.get_type_hints(function, include_extras=True)
    except Exception:  # noqa: BLE001 - a hint is any expression, and may fail in any way
        written = getattr(function, "__annotations__", {})
        return {name: hint for name, hint in written.items() if not isinstance(hint, str)}


def _decoder(
    parameters: list[inspect.Parameter], types: dict[str, Any], *, array_like: bool
) -> "msgspec.msgpack.Decoder[Any]":
    fields: list[Any] = []
    for at, parameter in enumerate(parameters):
        # Fields of a map keep the parameter's name on the wire; in a list only the place counts.
        name, kind = (f"at_{at}" if array_like else parameter.name), types[parameter.name]
        if parameter.default is inspect.Parameter.empty:
            fields.append((name, kind))
        else:
            fields.append((name, kind | UnsetType if kind is not Any else Any, msgspec.field(default=UNSET)))
    required_first = fields if array_like else sorted(fields, key=len)
    record = msgspec.defstruct(
        "Arguments", required_first, array_like=array_like, forbid_unknown_fields=True, kw_only=not array_like
    )
    return msgspec.msgpack.Decoder(record, dec_hook=_foreign)


def _split(given: dict[str, Any], by_place: set[str]) -> Values:
    places = tuple(value for name, value in given.items() if name in by_place)
    return places, {name: value for name, value in given.items() if name not in by_place}


def _foreign(kind: type, value: Any) -> Any:
    """Types that msgspec does not know: pydantic models validate themselves; any other accepts only itself."""
    validate = getattr(kind, "model_validate", None)
    if validate is not None:
        return validate(value)
    if isinstance(value, kind):
        return value
    raise TypeError(f"no way to make a {kind.__name__} from {type(value).__name__}")
