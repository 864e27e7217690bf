"""The JSON schema of the config file, for editors."""

import json
from typing import Any

from config.schema import Config

_REFERENCE = {"type": "string", "pattern": r"\$\{"}
_SCALARS = ("integer", "number", "boolean")


def generate() -> str:
    """The schema as text, the same for the same models."""
    schema = _with_references(Config.model_json_schema())
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "herdsman config"}
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _with_references(schema: Any) -> Any:
    """Allow `${VAR}` wherever a number, a truth value or one of some words is expected."""
    if isinstance(schema, list):
        return [_with_references(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _with_references(value) for key, value in schema.items()}
    if changed.get("type") in _SCALARS or "enum" in changed:
        about = {key: changed.pop(key) for key in ("title", "description", "default") if key in changed}
        return {**about, "anyOf": [changed, _REFERENCE]}
    return changed
