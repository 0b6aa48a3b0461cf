"""Every route by every rule that all must keep: token, scope, description, examples."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from comity.api import cases, decisions, emergencies, events, evidence, node, talk
from comity.api.app import describe
from comity.api.shapes import Shape
from comity.base.mode import Mode
from comity.workflows.token_store import Scope
from scripts.draw_openapi import drawn
from tests.simulators.interface import Caller, caller
from tests.simulators.story import at, case_at
from tests.simulators.world import SmallWorld

PARTS = (cases, decisions, emergencies, talk, evidence, node, events)
ROUTES = [route for part in PARTS for route in part.router.routes]
EVERY = [route for route in ROUTES if isinstance(route, APIRoute)]
SCHEMA: dict[str, Any] = describe(Mode.EXERCISE).openapi()
WITHOUT_SCOPE = {"get_me"}
WORDS = {"index": "0", "name": "bagit.txt"}
BODIES: dict[str, Any] = {
    name: shape["examples"][0] for name, shape in SCHEMA["components"]["schemas"].items() if "examples" in shape
}


def scopes_of(route: APIRoute) -> frozenset[Scope]:
    return frozenset(scope for call in _calls(route.dependant) for scope in getattr(call, "scopes", ()))


def _calls(dependant: Dependant) -> Iterator[Any]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)


def acts(route: APIRoute) -> bool:
    """Whether it takes the person in whose name something is done."""
    (method,) = route.methods or {""}
    given = SCHEMA["paths"][route.path_format][method.lower()].get("parameters", [])
    return any(one["name"] == "Comity-Person" for one in given)


def send(one: Caller, route: APIRoute, case: str) -> int:
    """A request as its description shows it; the status."""
    (method,) = route.methods or {""}
    words = {**WORDS, **dict.fromkeys(("case", "message", "webhook"), case)}
    path = route.path_format.format(**words)
    operation = SCHEMA["paths"][route.path_format][method.lower()]
    body, headers = b"", {}
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
        body, headers = json.dumps(BODIES[name]).encode(), {"content-type": "application/json"}
    elif content:
        body = b'--b\r\ncontent-disposition: form-data; name="how"\r\n\r\nx\r\n--b\r\ncontent-disposition: form-data; '
        body += b'name="files"; filename="a"\r\n\r\nx\r\n--b--\r\n'
        headers = {"content-type": "multipart/form-data; boundary=b"}
    one.send(method, path, body, headers)
    return one.status


@pytest.fixture(scope="module")
def world() -> SmallWorld:
    return at("sealed")


def case_in(world: SmallWorld) -> str:
    return case_at(world, "provider", "stored_data").id


@pytest.mark.parametrize("route", EVERY, ids=lambda route: route.operation_id)
def test_no_token_opens_nothing(world: SmallWorld, route: APIRoute) -> None:
    before = world.provider.dump()
    for token in ("", "comity_000000000000_" + "A" * 43, "x" * 5000):
        assert send(Caller(world.provider, token, "lee"), route, case_in(world)) == 401
    assert world.provider.dump() == before


@pytest.mark.parametrize("route", EVERY, ids=lambda route: route.operation_id)
def test_every_scope_but_one_of_its_own_opens_nothing(world: SmallWorld, route: APIRoute) -> None:
    needed = scopes_of(route)
    assert needed or route.operation_id in WITHOUT_SCOPE
    own = world.copy()
    for missing in needed:
        others = set(Scope) - {missing} - ({Scope.WEBHOOKS_WRITE} if missing is Scope.EVENTS_READ else set())
        stranger = caller(own.provider, *others, acts_for=["lee"])
        before = own.provider.dump()
        assert send(stranger, route, case_in(own)) == 403
        assert _changed(before, own.provider.dump()) <= {"token"}  # when it was last used


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in after if after[name] != before[name]}


@pytest.mark.parametrize("route", [one for one in EVERY if acts(one)], ids=lambda route: route.operation_id)
def test_nobody_acts_whom_the_token_does_not_name(world: SmallWorld, route: APIRoute) -> None:
    own = world.copy()
    one = caller(own.xb, *Scope, acts_for=["dan"])
    one.person = "rita"
    before = own.xb.dump()
    assert send(one, route, case_at(own, "xb", "stored_data").id) == 403
    assert _changed(before, own.xb.dump()) <= {"token"}


@pytest.mark.parametrize("route", EVERY, ids=lambda route: route.operation_id)
def test_its_own_scopes_open_it(world: SmallWorld, route: APIRoute) -> None:
    own = world.copy()
    one = caller(own.provider, *(scopes_of(route) or {Scope.CASES_READ}), acts_for=["lee"])
    if route.operation_id == "approve_request":
        assert "passkey" in one.call("POST", f"/cases/{case_in(own)}/approval")["detail"]
        return
    status = send(one, route, case_in(own))
    assert status not in (401, 500)
    if status == 403:  # the scope opened it, and then the workflow asked for the role
        assert b"lee may not" in one.body


@pytest.mark.parametrize("route", EVERY, ids=lambda route: route.operation_id)
def test_every_route_says_what_it_does_what_it_needs_and_shows_an_example(route: APIRoute) -> None:
    (method,) = route.methods or {""}
    operation = SCHEMA["paths"][route.path_format][method.lower()]
    assert len(operation["description"]) > 20
    for scope in scopes_of(route) if route.operation_id != "approve_request" else ():
        assert f"`{scope}`" in operation["description"]
    answers = [answer for code, answer in operation["responses"].items() if code.startswith("2")]
    for answer in answers:
        for media_type, content in answer.get("content", {}).items():
            shown = "example" in content or "examples" in _resolved(content["schema"])
            assert shown, f"{media_type} has no example"
    for content in operation.get("requestBody", {}).get("content", {}).values():
        properties = _resolved(content["schema"])
        assert "examples" in properties or "how" in properties["properties"]


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = SCHEMA["components"]["schemas"][name] if name else schema
    return found


def _shapes(kind: type[BaseModel] = Shape) -> Iterator[type[BaseModel]]:
    for one in kind.__subclasses__():
        yield one
        yield from _shapes(one)


@pytest.mark.parametrize("shape", list(_shapes()), ids=lambda shape: shape.__name__)
def test_an_example_is_of_the_shape_it_stands_with(shape: type[BaseModel]) -> None:
    extra = shape.model_config.get("json_schema_extra") or {}
    assert isinstance(extra, dict)
    for one in extra.get("examples", []):  # type: ignore[union-attr]
        shape.model_validate(one)
    assert shape.model_config["extra"] == "forbid"


def test_the_file_in_the_documents_is_what_a_node_says(root: Path) -> None:
    written = (root / "docs" / "api" / "openapi.json").read_text(encoding="utf-8")
    assert written == drawn(), "run: python -m scripts.draw_openapi"
    one = Caller(at("new").xa, "")
    assert json.loads(one.send("GET", "/api/openapi.json")) == json.loads(written)
    assert json.loads(written)["openapi"].startswith("3.1")
