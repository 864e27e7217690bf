"""`GET /`: the dashboard for a browser, the list of routes for a program."""

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from config.version import __version__
from gateway.answers import answer
from gateway.routes.pages import dashboard, wants_page
from gateway.shapes.base import Responses, answers
from gateway.shapes.service import FrontPage

router = APIRouter(tags=["front page"])


_EITHER: Responses = answers(FrontPage)
_EITHER[200]["content"] = {"text/html": {"schema": {"type": "string"}}}


@router.get("/", responses=_EITHER)
async def front_page(request: Request) -> Response:
    """The routes, each with the first line of what it is for; a browser is given the dashboard."""
    if wants_page(request):
        return dashboard(request)
    routes = request.app.state.routes
    listing = {"herdsman": __version__, "routes": routes, "schema": "/openapi.json", "docs": "/docs"}
    return answer(listing, headers={"Vary": "Accept"})


def listed(routes: list[APIRoute]) -> dict[str, str]:
    """`{"POST /tasks": "Submit one job: …"}` for these routes."""
    return {
        f"{method} {route.path}": route.description.splitlines()[0]
        for route in routes
        if route.include_in_schema
        for method in sorted(route.methods or ())
    }
