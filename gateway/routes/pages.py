"""`/ui`: the dashboard, a page that reads the feed and the HTTP interface; and its files."""

from fastapi import APIRouter, Request, Response

from gateway.errors import ApiError
from gateway.nearest import quoted
from gateway.page_files import PageFile, page_files

POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing of a foreign host, no script or style inside the page, and no text that becomes markup."""

# Asked for anew each time, and answered 304: a new release must not meet modules of the old one.
_HEADERS = {"Cache-Control": "no-cache"}

# Pages are for people: the list of routes and the schema leave them out.
router = APIRouter(include_in_schema=False)


@router.get("/ui")
async def page(request: Request) -> Response:
    """The dashboard."""
    return dashboard(request)


@router.get("/ui/assets/{name:path}")
async def asset(request: Request, name: str) -> Response:
    """One file of the dashboard."""
    found = page_files().assets.get(name)
    if found is None:
        raise ApiError(404, f"the dashboard has no file {quoted(name)}")
    return _file(request, found)


@router.get("/ui/{screen:path}")
async def screen(request: Request, screen: str) -> Response:  # noqa: ARG001 - the page reads its own address
    """The dashboard again, whatever the screen: the page reads its own address."""
    return dashboard(request)


def dashboard(request: Request) -> Response:
    """The page, with what keeps foreign code out of it."""
    answer = _file(request, page_files().index)
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Vary"] = "Accept"
    return answer


def wants_page(request: Request) -> bool:
    """Whether a browser asks, not a program: its Accept names HTML."""
    return "text/html" in request.headers.get("accept", "")


def _file(request: Request, file: PageFile) -> Response:
    headers = {**_HEADERS, "ETag": file.tag}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(file.body, headers=headers, media_type=file.type)
