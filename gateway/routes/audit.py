"""`GET /audit`: who did what, and what was refused, the newest first."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from gateway.answers import answer, moment
from gateway.errors import documented
from gateway.parameters import refuse_unknown
from gateway.services import services
from gateway.shapes.access import ActPage
from gateway.shapes.base import answers

router = APIRouter(tags=["access"])


@router.get("/audit", responses={**answers(ActPage, 422, 503), **documented(401, 403)})
async def audit(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(pattern=r"^\d{1,15}-\d{1,15}$")] = None,
) -> Response:
    """Acts of admins, and acts and logins that were refused, the newest first.

    `cursor` of one page asks for the next, null is the end.
    """
    refuse_unknown(request, ("limit", "cursor"))
    page = await services(request).client.audit.list(limit, cursor)
    acts = [
        {
            "at": moment(one.at),
            "who": one.who or None,
            "via": one.via,
            "act": one.act,
            "on": one.on,
            "outcome": one.outcome,
            "refused": one.refused,
            "left_out": one.left_out,
            "address": one.address,
        }
        for one in page.acts
    ]
    return answer({"acts": acts, "cursor": page.cursor})
