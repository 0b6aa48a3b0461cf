"""The way between the nodes: HTTP requests handed to the peer's own app in this process, and what can befall them."""

from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from urllib.parse import unquote, urlsplit

from starlette.applications import Starlette

from comity.base.errors import Unavailable
from comity.workflows.ports import Answer
from tests.simulators.running import run


@dataclass(frozen=True)
class Carried:
    """One request as it was sent, and the status it was answered with; 0 where no answer came back."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    status: int

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


class Fate(Enum):
    """What becomes of a request."""

    PASS = auto()
    DROP = auto()
    """It never arrives."""
    LOSE_ANSWER = auto()
    """It arrives; nothing comes back."""
    DOUBLE = auto()
    """It arrives twice, the same signed request; the first answer comes back."""
    DELAY = auto()
    """No answer in time; it arrives when `release` is called."""
    SPOIL_REQUEST = auto()
    """A bit of its body is changed on the way."""
    SPOIL_ANSWER = auto()
    """A bit of the answer's body is changed on the way back."""


def flipped(data: bytes, at: int | None = None) -> bytes:
    """`data` with one bit changed, in the middle if `at` does not say where."""
    if not data:
        return data
    place = len(data) // 2 if at is None else at
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@dataclass
class Wire:
    """A courier for all nodes. `fates`: of the next requests whose path begins so; `down`: hosts nobody answers at."""

    apps: dict[str, Starlette] = field(default_factory=dict)
    fates: dict[str, deque[Fate]] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    carried: list[Carried] = field(default_factory=list)
    delayed: list[tuple[str, str, Mapping[str, str], bytes]] = field(default_factory=list)

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        answer: Answer | None = None
        try:
            answer = self._carry(method, url, headers, body)
        finally:
            self.carried.append(Carried(method, url, headers, body, answer.status if answer else 0))
        return answer

    def next(self, path: str, *fates: Fate) -> None:
        """The fates of the next requests to `path`, one after another."""
        self.fates.setdefault(path, deque()).extend(fates)

    def release(self, *, backwards: bool = False) -> None:
        """What was delayed arrives now; its answers go nowhere."""
        late, self.delayed = self.delayed, []
        for request in reversed(late) if backwards else late:
            self._arrive(*request)

    @contextmanager
    def cut(self, host: str) -> Iterator[None]:
        """Nobody answers at `host` for a while."""
        self.down.add(host)
        yield
        self.down.discard(host)

    def to(self, path: str) -> list[Carried]:
        """The requests sent so far whose path begins so."""
        return [one for one in self.carried if one.path.startswith(path)]

    def _carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        fate = self._fate(urlsplit(url).path)
        if fate is Fate.DROP or urlsplit(url).netloc in self.down:
            raise Unavailable("the peer did not answer")
        if fate is Fate.DELAY:
            self.delayed.append((method, url, headers, body))
            raise Unavailable("the peer did not answer")
        answer = self._arrive(method, url, headers, flipped(body) if fate is Fate.SPOIL_REQUEST else body)
        if fate is Fate.DOUBLE:
            self._arrive(method, url, headers, body)
        if fate is Fate.LOSE_ANSWER:
            raise Unavailable("the peer did not answer")
        if fate is Fate.SPOIL_ANSWER:
            return Answer(answer.status, answer.headers, flipped(answer.body))
        return answer

    def _fate(self, path: str) -> Fate:
        for start, waiting in self.fates.items():
            if path.startswith(start) and waiting:
                return waiting.popleft()
        return Fate.PASS

    def _arrive(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return ask(self.apps[urlsplit(url).netloc], method, url, headers, body)


def ask(
    app: Starlette, method: str, url: str, headers: Mapping[str, str], body: bytes, *, chunk: int = 65536
) -> Answer:
    """One request to an ASGI app, its body in pieces of `chunk` bytes, and its answer."""
    return run(_ask(app, method, url, headers, body, chunk))


async def _ask(app: Starlette, method: str, url: str, headers: Mapping[str, str], body: bytes, chunk: int) -> Answer:
    parts = urlsplit(url)
    named = {"host": parts.netloc, "content-length": str(len(body)), **headers}
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in named.items()],
        "client": ("192.0.2.1", 0),
        "server": (parts.hostname, parts.port or 443),
    }
    pieces = deque([body[start : start + chunk] for start in range(0, len(body), chunk)] or [b""])
    sent: list[Mapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not pieces:
            return {"type": "http.disconnect"}
        piece = pieces.popleft()
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(event: Any) -> None:
        sent.append(event)

    await app(scope, receive, send)
    start = next(event for event in sent if event["type"] == "http.response.start")
    answer_headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    content = b"".join(event.get("body", b"") for event in sent if event["type"] == "http.response.body")
    return Answer(start["status"], answer_headers, b"" if method == "HEAD" else content)
