"""`GET /`: which routes there are."""

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from config.version import __version__
from gateway.answers import answer

router = APIRouter(tags=["front page"])


@router.get("/")
async def front_page(request: Request) -> Response:
    """The routes, each with the first line of what it is for."""
    return answer({"herdsman": __version__, "routes": request.app.state.routes, "schema": "/openapi.json"})


def listed(routes: list[APIRoute]) -> dict[str, str]:
    """`{"POST /tasks": "Submit one job: …"}` for these routes."""
    return {
        f"{method} {route.path}": route.description.splitlines()[0]
        for route in routes
        for method in sorted(route.methods or ())
    }
