"""`GET /docs`: the documentation of these routes, made by a script from `/openapi.json`. Nothing is foreign."""

from pathlib import Path as FilePath

from fastapi import APIRouter, Request, Response

from gateway.errors import ApiError
from gateway.nearest import quoted
from gateway.parameters import refuse_unknown
from gateway.shapes.base import Responses, refused

router = APIRouter(tags=["front page"])

_FOLDER = FilePath(__file__).parent.parent / "docs_page"
_KINDS = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
_FILES = {path.name: path.read_bytes() for path in _FOLDER.iterdir() if path.suffix[1:] in _KINDS}

HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
}
"""No script, style or picture but ours; nobody may put the page into a frame."""

_PAGE: Responses = {
    200: {"description": "The page", "content": {"text/html": {"schema": {"type": "string"}}}},
    **refused(422),
}


@router.get("/docs", response_class=Response, responses=_PAGE)
async def docs(request: Request) -> Response:
    """This documentation, for people."""
    refuse_unknown(request, ())
    return _file("page.html")


@router.get("/docs/{name}", response_class=Response, include_in_schema=False)
async def part(name: str) -> Response:
    """A part of the page."""
    if name not in ("page.css", "page.js"):
        raise ApiError(404, f"the page has no part {quoted(name)}")
    return _file(name)


def _file(name: str) -> Response:
    return Response(_FILES[name], headers=HEADERS, media_type=_KINDS[name.rpartition(".")[2]])
