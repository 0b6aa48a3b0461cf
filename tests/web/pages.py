"""Every page there is for a person, found as a person finds them: by the links of the pages, from the first on.

Of pages that differ only in what they are about, one stands for all: one case of each procedure and state, one of each
action's forms. Addresses that no page links to are found in the application's own list.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from comity.base.ids import CaseId
from comity.cases.case import Case
from tests.web.browsing import Browser, Page

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_NAME = re.compile(r"(?<=/)[A-Za-z0-9_-]{22,}(?=/|$)|(?<=/)\d+(?=/|\.|$)")
MOST = 400
_NOTHING = "/nothing-here"


def every_page(browser: Browser, cases: Mapping[CaseId, Case]) -> list[str]:
    """The address of one page of each kind. cases: by id, to tell the kinds of their pages apart."""
    found, kinds, waiting = list[str](), set[str](), ["/", *fixed(browser.app)]
    if browser.get(_NOTHING).status == 404:
        found.append(_NOTHING)
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address, cases)
        if kind in kinds:
            continue
        kinds.add(kind)
        assert len(kinds) < MOST, "the pages do not end"
        page = browser.get(address)
        if page.status != 200 or "text/html" not in page.headers.get("content-type", ""):
            continue
        if page.headers.get("content-disposition", "").startswith("attachment"):
            continue  # a report of evidence is a file to keep, not a page
        if "<html" in page.text and urlsplit(page.address).path == urlsplit(address).path:
            found.append(address)
        waiting += links(page)
    return found


def links(page: Page) -> Iterator[str]:
    """Where the page leads on this node, without what chooses a language."""
    for one in page.root.all("a"):
        address = urljoin(page.address, one.attributes.get("href", ""))
        parts = urlsplit(address)
        if not parts.netloc and parts.path.startswith("/") and "lang" not in dict(parse_qsl(parts.query)):
            yield address.partition("#")[0]


def kind_of(address: str, cases: Mapping[CaseId, Case]) -> str:
    """An address with what it is about taken out of it."""
    parts = urlsplit(address)
    asked = "&".join(sorted({name for name, _ in parse_qsl(parts.query)}))

    def about(match: re.Match[str]) -> str:
        case = cases.get(CaseId(match[0]))
        is_case = case is not None and parts.path == f"/cases/{case.id}"
        return f"{case.procedure}:{case.state}:{bool(case.frozen_by)}" if is_case and case is not None else "ID"

    return f"{_NAME.sub('ID', _ID.sub(about, parts.path))}?{asked}"


def fixed(app: Any) -> list[str]:
    """The addresses of the application's own list that hold no variable part."""
    while not hasattr(app, "routes"):
        app = getattr(app, "_app", None) or app.app
    return [one.path for one in app.routes if "{" not in one.path and "GET" in (getattr(one, "methods", None) or ())]
