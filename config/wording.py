"""pydantic's findings -> problems in plain words, at the place in the file."""

import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.marks import Document, Tree
from config.nearest import nearest_of
from config.problems import Path, Problem
from config.schema import Config
from config.units import shown

_KINDS = {
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "model_type": "a mapping (key: value lines)",
    "model_attributes_type": "a mapping (key: value lines)",
    "dict_type": "a mapping (key: value lines)",
    "tuple_type": "a list, like [first, second]",
}


def problems(error: ValidationError, document: Document) -> Iterator[Problem]:
    """One problem for each finding."""
    for detail in error.errors(include_url=False):
        if detail["type"] == "too_short" and detail["input"]:
            continue  # items there are, each complained of by itself
        path = _real_path(detail, document.root)
        message, hint = _worded(detail, path)
        if detail["type"] == "extra_forbidden" and path in document.keys:
            yield Problem(document.keys[path], path, message, hint)
        else:
            yield Problem(document.nearest(path), path, message, hint)


def nearest(name: str, known: list[str]) -> str:
    """The hint for a name that is not known: the nearest one that is, or all of them."""
    close = nearest_of(name.lower().replace("-", "_"), known)
    return f"did you mean {close}?" if close else f"known here: {', '.join(sorted(known))}"


def _worded(detail: ErrorDetails, path: Path) -> tuple[str, str]:
    """Message and hint."""
    got, context = detail["input"], detail.get("ctx", {})
    message, hint = detail["msg"].lower(), ""
    match detail["type"]:
        case kind if kind in _KINDS:
            message = f"expected {_KINDS[kind]}, got {shown(got)}"
        case "missing":
            message = "is required"
        case "extra_forbidden":
            message, hint = "unknown key", nearest(str(path[-1]), _keys_known_at(path[:-1]))
        case "value_error":
            message = str(context["error"])
        case "literal_error":
            choices = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
            message = f"expected one of {', '.join(choices)}, got {shown(got)}"
            hint = _nearest_only(got, choices)
        case "greater_than_equal":
            message = f"must be at least {context['ge']:g}, got {shown(got)}"
        case "less_than_equal":
            message = f"must be at most {context['le']:g}, got {shown(got)}"
        case "too_short" | "string_too_short":
            message = "must not be empty"
    return message, hint


def _nearest_only(got: object, choices: list[str]) -> str:
    close = nearest_of(got.lower(), choices) if isinstance(got, str) else None
    return f"did you mean {close}?" if close else ""


def _real_path(detail: ErrorDetails, root: Tree) -> Path:
    """The location that pydantic gives, without its own labels (`[key]`, the tags of alternatives)."""
    path: list[str | int] = []
    here: Any = root
    for step in detail["loc"]:
        fits = step in here if isinstance(here, dict) else isinstance(here, list) and step in range(len(here))
        if fits:
            path.append(step)
            here = here[step]
    if detail["type"] == "missing":
        path.append(detail["loc"][-1])
    return tuple(path)


def _keys_known_at(path: Path) -> list[str]:
    """The keys of the section at `path`."""
    annotation: Any = Config
    for step in path:
        annotation = _step(_bare(annotation), step)
    model = _bare(annotation)
    return list(_fields(model)) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _step(annotation: Any, step: str | int) -> Any:
    """The type of what stands under one key or index of a value of type `annotation`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is tuple:
        return _bare(arguments[0])
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _bare(arguments[1])
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _bare(_fields(annotation).get(str(step)))
    return None


def _bare(annotation: Any) -> Any:
    """A type without its Annotated, and without the None it may be instead."""
    while get_origin(annotation) in (Annotated, Union, types.UnionType):
        annotation = get_args(annotation)[0]
    return annotation


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    return {field.alias or name: field.annotation for name, field in model.model_fields.items()}
