"""`GET /`: the dashboard for a browser, the list of routes for a program."""

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from config.version import __version__
from gateway.answers import answer
from gateway.routes.pages import dashboard, wants_page

router = APIRouter(tags=["front page"])


@router.get("/")
async def front_page(request: Request) -> Response:
    """The routes, each with the first line of what it is for; a browser is given the dashboard."""
    if wants_page(request):
        return dashboard(request)
    listing = {"herdsman": __version__, "routes": request.app.state.routes, "schema": "/openapi.json"}
    return answer(listing, headers={"Vary": "Accept"})


def listed(routes: list[APIRoute]) -> dict[str, str]:
    """`{"POST /tasks": "Submit one job: …"}` for these routes."""
    return {
        f"{method} {route.path}": route.description.splitlines()[0]
        for route in routes
        if route.include_in_schema
        for method in sorted(route.methods or ())
    }
