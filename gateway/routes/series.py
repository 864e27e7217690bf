"""`/series`: figures for charts, by the minute, by tens of minutes or by the hour."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from engine.charts.metrics import METRICS
from engine.charts.series import Series, TooMuch
from gateway.answers import answer
from gateway.errors import ApiError, documented
from gateway.nearest import hint, quoted
from gateway.parameters import refuse_unknown
from gateway.services import services

LATEST = 9_999_999_999
"""The highest time that is taken, in epoch seconds: later ones are nobody's."""

PARAMETERS = ("metric", "queue", "type", "from", "to", "step")

router = APIRouter(tags=["series"])

_WORDS = "|".join(METRICS)
_METRICS = Query(
    max_length=500,
    description="one or several, with commas",
    # Told, not enforced by it: we have better words for a slip.
    json_schema_extra={"pattern": f"^({_WORDS})(,({_WORDS}))*$", "examples": ["done,failed", "run_p95"]},
)
_NAME = Query(min_length=1, max_length=200, description="left out: all of them together")
_FROM = Query(alias="from", ge=0, le=LATEST, description="epoch seconds; left out: three hours before `to`")
_TO = Query(alias="to", ge=1, le=LATEST, description="epoch seconds; left out: now")
_STEP = Query(description="seconds of a span; left out: 60 up to 6 hours, 600 up to 3 days, else 3600")


# Said as a list of two: not every reader of schemas knows lists with places of different kinds.
_PAIR = {"type": "array", "items": {"type": ["number", "null"]}, "minItems": 2, "maxItems": 2}
_Point = Annotated[tuple[int, float | None], WithJsonSchema(_PAIR)]


class SeriesBody(BaseModel):
    """Metrics over time. Every list has a point for each span from `from` to `to`; `null` is: not known."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: int = Field(alias="from", description="epoch seconds: the first span's beginning")
    to: int = Field(description="epoch seconds: the last span's end; it may not be over yet")
    step: Literal[60, 600, 3600] = Field(description="seconds of a span")
    series: dict[str, list[_Point]] = Field(description="metric -> [beginning of a span, value]")
    samples: dict[str, list[int]] = Field(
        description="of percentiles and means: of how many runs or waits each value is, in the same order"
    )


class NameBody(BaseModel):
    """A queue and type of which there are figures."""

    model_config = ConfigDict(extra="forbid")

    queue: str
    type: str | None = Field(description="null: what is counted by queue, waits and depths")
    bytes: int = Field(description="what they take in the store, keys not counted")


class NamesBody(BaseModel):
    """All that is charted, and which metrics there are."""

    model_config = ConfigDict(extra="forbid")

    names: list[NameBody]
    bytes: int
    metrics: dict[str, str] = Field(description="metric -> what it is")


def _returns(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model, "description": "as it stands now"}}


@router.get("/series", responses={**_returns(SeriesBody), **documented(422, 503)})
async def series(
    request: Request,
    metric: Annotated[str, _METRICS],
    queue: Annotated[str | None, _NAME] = None,
    type: Annotated[str | None, _NAME] = None,
    start: Annotated[int | None, _FROM] = None,
    end: Annotated[int | None, _TO] = None,
    step: Annotated[Literal["60", "600", "3600"] | None, _STEP] = None,
) -> Response:
    """Figures over time, for charts: counts, percentiles of run and wait times, depths."""
    refuse_unknown(request, PARAMETERS)
    wanted = wanted_metrics(metric)
    seconds = int(step) if step else None
    try:
        found = await services(request).client.series(
            wanted, queue=queue, type=type, start=start, end=end, step=seconds
        )
    except TooMuch as error:
        raise ApiError(422, f"too much at once: {error}") from None
    except ValueError as error:
        raise ApiError(422, str(error)) from None
    return answer(series_view(found))


@router.get("/series/names", responses={**_returns(NamesBody), **documented(422, 503)})
async def names(request: Request) -> Response:
    """Which queues and types have figures for charts, with the bytes they take; which metrics there are."""
    refuse_unknown(request, ())
    found = await services(request).client.series_names()
    rows = [{"queue": one.queue, "type": one.type or None, "bytes": one.bytes} for one in found]
    about = {name: metric.about for name, metric in METRICS.items()}
    return answer({"names": rows, "bytes": sum(one.bytes for one in found), "metrics": about})


def wanted_metrics(text: str) -> Sequence[str]:
    """The metrics that a text with commas names.

    Raises:
        ApiError: 422: there is none, or no such.
    """
    wanted = list(dict.fromkeys(text.split(",")))
    for name in wanted:
        if name not in METRICS:
            what = f"there is no metric {quoted(name)}{hint(name, METRICS)}" if name else "an empty name"
            raise ApiError(422, f"metric: {what}; GET /series/names lists them")
    return wanted


def series_view(found: Series) -> Mapping[str, Any]:
    """Figures as the HTTP interface shows them."""
    times = range(found.start, found.end, found.step)
    return {
        "from": found.start,
        "to": found.end,
        "step": found.step,
        "series": {name: list(zip(times, values, strict=True)) for name, values in found.values.items()},
        "samples": found.samples,
    }
