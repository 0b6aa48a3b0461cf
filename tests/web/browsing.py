"""A browser without a screen: it keeps cookies, follows redirects, reads pages and sends their forms as they stand."""

import asyncio
import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.types import ASGIApp

from tests.simulators.running import run

URL = "http://127.0.0.1:8400"
_VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


@dataclass
class Element:
    """One element of a page, with what is inside it."""

    tag: str
    attributes: dict[str, str]
    parent: "Element | None" = None
    children: list["Element"] = field(default_factory=list)
    pieces: list["str | Element"] = field(default_factory=list)

    def all(self, tag: str = "", **wanted: str) -> list["Element"]:
        """Every element below this one, by its tag and attributes."""
        found = []
        for child in self.children:
            if (not tag or child.tag == tag) and all(child.attributes.get(k) == v for k, v in wanted.items()):
                found.append(child)
            found += child.all(tag, **wanted)
        return found

    @property
    def text(self) -> str:
        return " ".join("".join(one if isinstance(one, str) else f" {one.text} " for one in self.pieces).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Element("", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        self.here.pieces.append(element)
        if tag not in _VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, self.here)
        self.here.children.append(element)
        self.here.pieces.append(element)

    def handle_endtag(self, tag: str) -> None:
        at: Element | None = self.here
        while at is not None and at.tag != tag:
            at = at.parent
        if at is not None and at.parent is not None:
            self.here = at.parent

    def handle_data(self, data: str) -> None:
        self.here.pieces.append(data)


@lru_cache(maxsize=8)
def parse(text: str) -> Element:
    """The page as elements, to be read and never changed: the same text gives the same ones again."""
    reader = _Reader()
    reader.feed(text)
    return reader.root


@dataclass
class Page:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    wire_bytes: int
    address: str

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def root(self) -> Element:
        return parse(self.text)

    def says(self, words: str) -> bool:
        return words in self.root.text

    def forms(self) -> list[Element]:
        return self.root.all("form")


def values_of(form: Element) -> dict[str, list[str]]:
    """What a form would send as it stands, without its buttons."""
    found: dict[str, list[str]] = {}
    for one in form.all():
        name, kind = one.attributes.get("name", ""), one.attributes.get("type", "")
        if not name or one.tag not in {"input", "select", "textarea"}:
            continue
        if one.tag == "select":
            options = one.all("option")
            chosen = [option for option in options if "selected" in option.attributes] or options[:1]
            found.setdefault(name, []).extend(option.attributes.get("value", option.text) for option in chosen)
        elif one.tag == "textarea":
            found.setdefault(name, []).append("".join(piece for piece in one.pieces if isinstance(piece, str)))
        elif kind in {"radio", "checkbox"}:
            if "checked" in one.attributes:
                found.setdefault(name, []).append(one.attributes.get("value", "on"))
        elif kind != "file":
            found.setdefault(name, []).append(one.attributes.get("value", ""))
    return found


@dataclass
class Browser:
    """One person at one node's pages."""

    app: ASGIApp
    cookies: dict[str, str] = field(default_factory=dict)
    client: str = "127.0.0.1"
    page: Page | None = None
    seen: list[Page] = field(default_factory=list)

    def get(self, address: str, **headers: str) -> Page:
        page = self._ask("GET", address, b"", headers)
        while page.status == 303:
            page = self._ask("GET", page.headers["location"], b"", {})
        self.page = page
        return page

    def post(self, address: str, fields: Mapping[str, Sequence[str]], **headers: str) -> Page:
        """A form by hand; redirects are followed."""
        body = urlencode(fields, doseq=True).encode()
        kind = {"content-type": "application/x-www-form-urlencoded", **headers}
        return self._follow(self._ask("POST", address, body, kind))

    def submit(self, action: str, /, *, with_files: Mapping[str, bytes] | None = None, **fields: Any) -> Page:
        """Send the form of the present page whose action is this, with these fields filled in."""
        assert self.page is not None
        forms = [one for one in self.page.forms() if one.attributes.get("action") == action]
        known = [{each.attributes.get("name") for each in one.all()} for one in forms]
        fitting = [one for one, names in zip(forms, known, strict=True) if fields.keys() <= names]
        assert fitting, f"no form has {sorted(fields)}: {[sorted(map(str, names)) for names in known]}"
        form = fitting[0]
        filled = values_of(form)
        for name, value in fields.items():
            filled[name] = [value] if isinstance(value, str) else value
        if form.attributes.get("enctype") == "multipart/form-data":
            kind, body = multipart(filled, with_files or {})
            return self._follow(self._ask("POST", action, body, {"content-type": kind}))
        return self.post(action, filled)

    def sign_in(self, person: str) -> Page:
        page = self.get("/sign-in")
        token = values_of(page.forms()[0])["form-token"]
        return self.post("/sign-in", {"form-token": token, "person": [person]})

    def _follow(self, page: Page) -> Page:
        while page.status == 303:
            page = self._ask("GET", page.headers["location"], b"", {})
        self.page = page
        return page

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Page:
        page = run(self._asked(method, address, body, headers))
        if method == "GET" and "text/html" in page.headers.get("content-type", ""):
            self.seen.append(page)
        return page

    async def _asked(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> Page:
        parts = urlsplit(address)
        named = {"host": urlsplit(URL).netloc, "accept-encoding": "gzip", "content-length": str(len(body)), **headers}
        if self.cookies:
            named["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": parts.path,
            "raw_path": parts.path.encode(),
            "query_string": parts.query.encode(),
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in named.items()],
            "client": (self.client, 0),
            "server": ("127.0.0.1", 8400),
        }
        pieces = [body[start : start + 65536] for start in range(0, len(body), 65536)] or [b""]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not pieces:
                await asyncio.Event().wait()  # the browser stays, and says nothing more
            return {"type": "http.request", "body": pieces.pop(0), "more_body": bool(pieces)}

        async def send(event: Any) -> None:
            sent.append(event)

        await self.app(scope, receive, send)
        start = next(event for event in sent if event["type"] == "http.response.start")
        pairs = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in start["headers"]]
        for name, value in pairs:
            if name == "set-cookie":
                self._keep(value)
        content = b"".join(event.get("body", b"") for event in sent if event["type"] == "http.response.body")
        plain = gzip.decompress(content) if dict(pairs).get("content-encoding") == "gzip" else content
        return Page(start["status"], dict(pairs), plain, len(content), address)

    def _keep(self, cookie: str) -> None:
        pair, _, rest = cookie.partition(";")
        name, _, value = pair.partition("=")
        if "max-age=0" in rest.lower():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


def multipart(fields: Mapping[str, Sequence[str]], files: Mapping[str, bytes]) -> tuple[str, bytes]:
    """A form with files, as browsers send it: the media type and the body."""
    mark = "----a-boundary-of-this-test"
    parts = [
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, values in fields.items()
        for value in values
    ]
    for name, data in files.items():
        head = f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        parts.append(head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n")
    return f"multipart/form-data; boundary={mark}", b"".join(parts) + f"--{mark}--\r\n".encode()
