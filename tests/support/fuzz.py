"""What schemathesis is told of the gateway: which requests to make of the schema, and what must hold of the answers."""

from collections.abc import Iterator
from typing import Any

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.specs.openapi import checks as of_schema


def no_fault(_: Any, response: Any, __: Any) -> None:
    """No 500. Other statuses from there on are answers, where the schema has them: nobody to run it, the store away."""
    if response.status_code == 500:
        raise AssertionError(f"{response.request.method} {response.request.url}: 500")


CHECKS = [
    no_fault,
    of_schema.status_code_conformance,
    of_schema.content_type_conformance,
    of_schema.response_headers_conformance,
    of_schema.response_schema_conformance,
    of_schema.negative_data_rejection,
    of_schema.missing_required_header,
    of_schema.unsupported_method,
]
"""All that does not need to know what the herd knows: whether a type has workers, whether a job stands already."""


@schemathesis.hook
def map_query(_: Any, query: Any) -> Any:
    """Waits are short: what is tested is the answer, not patience. A list is written twice: one of a single value would
    be that value in an address, and sound.
    """
    if not isinstance(query, dict):
        return query
    lists = {name: [*value, "", ""] for name, value in query.items() if isinstance(value, list)}
    waits = {"wait": "0.02s"} if isinstance(query.get("wait"), str) and query["wait"].endswith("s") else {}
    return {**query, **lists, **waits}


def operations(url: str) -> Iterator[Any]:
    """Every operation of a gateway's schema."""
    schema = schemathesis.openapi.from_url(f"{url}/openapi.json")
    for found in schema.get_all_operations():
        yield found.ok()  # type: ignore[union-attr]  # raises where it is none


def trouble(operation: Any, cases: int, seed: int | None = None) -> list[str]:
    """What went wrong among so many requests for one operation, sound ones and others."""
    found: list[str] = []
    modes = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]
    for mode in modes:
        try:
            strategy = operation.as_strategy(generation_mode=mode)
            _run(strategy, max(1, cases // len(modes)), seed, found)
        except (hypothesis.errors.Unsatisfiable, schemathesis.errors.InvalidSchema) as error:
            if mode is schemathesis.GenerationMode.POSITIVE:
                found.append(f"{operation.label}: {error}")
    return list(dict.fromkeys(found))


def _run(strategy: Any, cases: int, seed: int | None, found: list[str]) -> None:
    @hypothesis.settings(
        max_examples=cases,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(case=strategy)
    def ask(case: Any) -> None:
        try:
            case.call_and_validate(checks=CHECKS, timeout=20)
        except AssertionError as error:
            found.append(str(error))
        except BaseExceptionGroup as errors:
            found.extend(str(error) for error in errors.exceptions)

    (hypothesis.seed(seed)(ask) if seed is not None else ask)()
