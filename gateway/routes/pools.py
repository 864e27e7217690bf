"""`/pools`, `/workers/{name}/kill`, `/deaths`: this host's supervisor, as far as the gateway may ask it."""

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gateway.answers import answer
from gateway.bodies import json_object, no_fields
from gateway.errors import ApiError, documented
from gateway.nearest import hint, quoted
from gateway.parameters import refuse_unknown
from gateway.services import services
from gateway.supervisor_link import NoSupervisor, SupervisorLink, SupervisorRefused

router = APIRouter(tags=["pools"])

COUNT = r"^([+-]?\d{1,6}|max)$"

_Name = Annotated[str, Path(max_length=200)]
_ACTED: dict[int | str, dict[str, Any]] = documented(400, 404, 409, 413, 415, 422, 503)


class Scaling(BaseModel):
    """The body of `POST /pools/{pool}/scale`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    to: str = Field(pattern=COUNT, description="a number, +N, -N, or max: one a CPU")


_SCALE = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": Scaling.model_json_schema()}}},
}


@router.get("/pools", responses=documented(422, 503))
async def pools(request: Request) -> Response:
    """The pools of this host's supervisor."""
    refuse_unknown(request, ())
    return answer({"pools": (await _status(request)).get("pools", [])})


@router.post("/pools/{pool}/scale", status_code=202, openapi_extra=_SCALE, responses=_ACTED)
async def scale(request: Request, pool: _Name) -> Response:
    """Change how many workers a pool is to have; `warning` and `note` where there is something to know."""
    refuse_unknown(request, ())
    wanted = scaling(await json_object(request))
    await _known_pool(request, pool)
    found = await _act(request, "scale", name=pool, count=wanted.to)
    said = {name: found[name] for name in ("warning", "note") if name in found}
    return answer({"pool": pool, "desired": found.get("desired"), **said}, 202)


@router.post("/pools/{pool}/reload", status_code=202, responses=_ACTED)
async def reload(request: Request, pool: _Name) -> Response:
    """Bring a pool's workers to the code and config as they are now, one after the other."""
    return await _roll(request, pool, "reload")


@router.post("/pools/{pool}/restart", status_code=202, responses=_ACTED)
async def restart(request: Request, pool: _Name) -> Response:
    """Replace a pool's workers."""
    return await _roll(request, pool, "restart")


@router.post("/workers/{name}/kill", status_code=202, responses=_ACTED)
async def kill(request: Request, name: _Name) -> Response:
    """Kill one worker of this host; what it runs goes back to its queue and is not charged, a successor comes."""
    refuse_unknown(request, ())
    await no_fields(request)
    status = await _status(request)
    known = [str(one["name"]) for pool in status.get("pools", ()) for one in pool["workers"]]
    _refuse_unless(name, known, "worker on this host")
    found = await _act(request, "signal", name=name, signal="KILL")
    if not found.get("heard"):
        raise ApiError(409, f"worker {quoted(name)} has no process just now")
    return answer({"worker": name, "signal": "SIGKILL"}, 202)


@router.get("/deaths", responses=documented(422, 503))
async def deaths(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> Response:
    """The last death certificates of this host, the newest first."""
    refuse_unknown(request, ("limit",))
    try:
        found = await _link(request).deaths(limit)
    except (NoSupervisor, SupervisorRefused) as error:
        raise unavailable(error) from None
    return answer({"deaths": found})


def scaling(body: dict[str, Any]) -> Scaling:
    """The checked body; pure.

    Raises:
        ApiError: 422.
    """
    for name in body:
        if name != "to":
            raise ApiError(422, f"unknown field {quoted(name)}{hint(name, ('to',))}")
    try:
        return Scaling.model_validate(body)
    except ValidationError:
        raise ApiError(422, 'to: a text was expected: "4", "+1", "-1" or "max"') from None


def unavailable(error: Exception) -> ApiError:
    """What it means that nobody answers."""
    return ApiError(503, str(error), {"Retry-After": "1"})


async def _roll(request: Request, pool: str, verb: str) -> Response:
    refuse_unknown(request, ())
    await no_fields(request)
    await _known_pool(request, pool)
    found = await _act(request, verb, name=pool)
    rollout = next((one.get("id") for one in found.get("rollouts", ()) if one.get("pool") == pool), None)
    return answer({"pool": pool, "rollout": rollout}, 202)


async def _known_pool(request: Request, name: str) -> None:
    # A name may also mean a program or a namespace to the supervisor; here it means a pool.
    status = await _status(request)
    _refuse_unless(name, [str(pool["name"]) for pool in status.get("pools", ())], "pool")


def _refuse_unless(name: str, known: Iterable[str], what: str) -> None:
    names = list(known)
    if name not in names:
        raise ApiError(404, f"there is no {what} {quoted(name)}{hint(name, names)}")


def _link(request: Request) -> SupervisorLink:
    link = services(request).link
    if link is None:
        raise ApiError(503, "this gateway knows no supervisor: it was started without a config file of one")
    return link


async def _status(request: Request) -> dict[str, Any]:
    try:
        return await _link(request).status()
    except (NoSupervisor, SupervisorRefused) as error:
        raise unavailable(error) from None


async def _act(request: Request, verb: str, **args: Any) -> dict[str, Any]:
    try:
        return await _link(request).act(verb, **args)
    except NoSupervisor as error:
        raise unavailable(error) from None
    except SupervisorRefused as error:
        raise ApiError(409, str(error)) from None
