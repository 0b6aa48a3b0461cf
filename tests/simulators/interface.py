"""A case system that calls a node's JSON interface in this process, and is called by it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from comity.api.app import make_api
from comity.base.errors import Unavailable
from comity.workflows import tokens
from comity.workflows.ports import Answer
from comity.workflows.token_store import Scope
from tests.simulators.wire import ask
from tests.simulators.world import Node

OPERATORS = {"XA": "bo", "XB": "olga"}


@dataclass
class Caller:
    """Calls with one token, in one person's name if one is given. `status`, `headers`, `body`: of the last answer."""

    node: Node
    token: str
    person: str = ""
    app: ASGIApp = field(init=False)
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def __post_init__(self) -> None:
        self.app = make_api(self.node.office, self.node.url)

    def send(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None, *, url: str = ""
    ) -> bytes:
        """One request; the answer's body."""
        own = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if self.person:
            own["comity-person"] = self.person
        address = (url or self.node.url) + path
        named = {"host": urlsplit(address).netloc, **own, **(headers or {})}
        answer = ask(self.app, method, address, named, body)  # type: ignore[arg-type]
        self.status, self.headers, self.body = answer.status, answer.headers, answer.body
        return answer.body

    def call(self, method: str, path: str, value: Any = None) -> Any:
        """One request with a JSON body, if there is one; the answer's JSON, None for no body."""
        body = b"" if value is None else json.dumps(value).encode()
        headers = {"content-type": "application/json"} if value is not None else {}
        found = self.send(method, "/api/v1" + path, body, headers)
        return json.loads(found) if found else None

    def get(self, path: str) -> Any:
        return self.call("GET", path)


@dataclass
class Hooked:
    """A courier to the one address: what it was brought, and what it answers next; 0: nobody answers."""

    answers: list[int] = field(default_factory=list)
    calls: list[tuple[str, Mapping[str, str], bytes]] = field(default_factory=list)

    def carry(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        assert method == "POST"
        self.calls.append((url, dict(headers), body))
        status = self.answers.pop(0) if self.answers else 204
        if not status:
            raise Unavailable("the peer did not answer")
        return Answer(status, {}, b"")

    @property
    def bodies(self) -> list[dict[str, object]]:
        return [json.loads(body) for _, _, body in self.calls]

    @property
    def told(self) -> list[tuple[int, str]]:
        """Index and kind of every event that was told, in order."""
        return [(one["index"], one["kind"]) for body in self.bodies for one in body["events"]]  # type: ignore[attr-defined]


def caller(
    node: Node,
    *scopes: Scope,
    acts_for: Sequence[str] = (),
    roles: Sequence[str] = (),
    days: int = 30,
    operator: str = "",
) -> Caller:
    """A caller with a new token for some scopes, acting for the first of the people named."""
    by = operator or ("lee" if node.office.role == "provider" else OPERATORS[node.office.state])
    token, text = tokens.create(
        node.office, by, name="case system", scopes=scopes, people=acts_for, roles=roles, days=days
    )
    assert token.digest not in text.encode()
    return Caller(node, text, acts_for[0] if acts_for else "")
