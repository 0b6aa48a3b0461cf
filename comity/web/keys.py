"""Keys that lead somewhere at once, their list, and the switch that turns them off (WCAG 2.2, 2.1.4).

A link or button names its key in `aria-keyshortcuts`, so that who cannot see the page hears of it; the script does the
rest. Whether they are on is the browser's own matter: a cookie, no secret, that the pages only read.
"""

from typing import Final

from starlette.responses import Response

from comity.web.site import KEYS, Visit, to
from comity.web.words import N_

SHOWN: Final = (
    ("i", N_("Inbox")),
    ("u", N_("Urgent preservation")),
    ("p", N_("Request for production")),
    ("/", N_("Search in the inbox")),
    ("j", N_("Next case in a list")),
    ("k", N_("Case before in a list")),
    ("?", N_("These keys")),
    ("Control+Enter", N_("Send the form; in the box for pasting, find what is in it")),
)
_KEPT_SECONDS: Final = 365 * 24 * 3600


def get_keys(visit: Visit) -> Response:
    return visit.page("keys.html", shown=SHOWN)


def post_keys(visit: Visit) -> Response:
    """Turn them on or off in this browser."""
    answer = to("/keys")
    value = "off" if visit.form.text("keys") == "off" else "on"
    answer.set_cookie(KEYS, value, _KEPT_SECONDS, secure=visit.site.is_https, httponly=True, samesite="lax")
    return answer
