"""The login as a page: one form, no script. Browsers send no cookie along a link from another site; the link on
the page is one of ours.
"""

import html
import secrets

from fastapi import Response

from gateway.access import browser_headers

LONGEST_PATH = 1000

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>herdsman: log in</title>
<style nonce="{nonce}">
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; display: grid; place-content: center; min-height: 90vh; margin: 1rem; }}
form {{ display: grid; gap: .75rem; width: min(24rem, 90vw); }}
input, button {{ font: inherit; padding: .5rem; }}
[role=alert] {{ border-left: 3px solid #c22; padding-left: .75rem; }}
</style>
</head>
<body>
<main>
<h1>herdsman</h1>
{said}
<form method="post" action="/login">
<label for="token">Your token</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus spellcheck="false">
<input type="hidden" name="next" value="{next}">
<button>Log in</button>
</form>
<p><a href="{next}">I am logged in, go on</a></p>
</main>
</body>
</html>
"""


def login_page(next_path: str, said: str = "", status: int = 200) -> Response:
    """The form; `said` is what went wrong with the last try."""
    nonce = secrets.token_urlsafe(16)
    alert = f'<p role="alert">{html.escape(said)}</p>' if said else ""
    page = _PAGE.format(nonce=nonce, said=alert, next=html.escape(next_path, quote=True))
    headers = {"Cache-Control": "no-store", browser_headers.CONTENT_POLICY: browser_headers.with_style(nonce)}
    return Response(page, status, headers, media_type="text/html; charset=utf-8")


def own_path(text: str) -> str:
    """A path of ours to go on to after the login; `/` for anything that could lead elsewhere."""
    sound = text.startswith("/") and text[1:2] not in ("/", "\\") and text.isprintable() and text.isascii()
    return text if sound and len(text) <= LONGEST_PATH and "\\" not in text else "/"
