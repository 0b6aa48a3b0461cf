"""What is stopped before it is read: another address, no token, too much, what is no I-JSON; and what never leaks."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from comity.api.gate import JSON_LIMIT
from comity.api.problems import problem_response
from comity.base.errors import ComityError, Unavailable
from comity.base.mode import Mode
from comity.workflows.stores import Transaction
from comity.workflows.token_store import Scope
from tests.simulators.interface import Caller, caller
from tests.simulators.story import at, case_at
from tests.simulators.world import new_world

JSON = {"content-type": "application/json"}


@pytest.fixture
def one() -> Caller:
    return caller(at("drafted").xa, *Scope, acts_for=["anna"])


def problem(one: Caller) -> tuple[int, str]:
    said = json.loads(one.body)
    assert one.headers["content-type"] == "application/problem+json"
    assert said["status"] == one.status
    assert said["type"].endswith("/" + said["code"])
    assert said["stamp"] == "EXERCISE"
    return one.status, said["code"]


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic YTpi", "bearer x", "Bearer a b", "Bearer \xff"])
def test_without_a_token_that_holds_the_answer_says_how_to_bring_one(one: Caller, header: str) -> None:
    one.send("GET", "/api/v1/me", headers={"authorization": header})
    assert problem(one) == (401, "not-authenticated")
    assert one.headers["www-authenticate"].startswith("Bearer")


def test_another_address_is_not_answered_for(one: Caller) -> None:
    one.send("GET", "/api/v1/me", url="https://elsewhere.example")
    assert problem(one) == (421, "wrong-recipient")


@pytest.mark.parametrize("says_so", [True, False])
def test_a_body_over_the_limit_is_not_taken(one: Caller, says_so: bool) -> None:
    headers = {**JSON, "content-length": str(JSON_LIMIT + 1)} if says_so else {**JSON, "content-length": "0"}
    one.send("POST", "/api/v1/cases", b" " * (JSON_LIMIT + 1), headers)
    assert problem(one) == (413, "too-large")


def test_a_body_of_nobody_is_not_even_read() -> None:
    stranger = Caller(at("drafted").xa, "")
    stranger.send("POST", "/api/v1/cases", b" " * (JSON_LIMIT + 1), JSON)
    assert problem(stranger) == (401, "not-authenticated")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff",
        b'{"url":"https://a.example","url":"https://b.example"}',
        b'{"url":"https://a.example","after":1.5}',
        b'{"url":"\\ud800"}',
        b"[" * 5000 + b"]" * 5000,
        b"NaN",
    ],
)
def test_what_is_no_i_json_is_refused(one: Caller, body: bytes) -> None:
    one.send("POST", "/api/v1/webhooks", body, JSON)
    assert problem(one) == (400, "malformed")


def test_another_content_type_is_not_taken(one: Caller) -> None:
    one.send("POST", "/api/v1/webhooks", b'{"url":"https://a.example"}', {"content-type": "text/plain"})
    assert problem(one) == (415, "unsupported-type")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/cases?limit=0", "query.limit"),
        ("/cases?limit=1e2", "query.limit"),
        ("/cases?limit=%2B5", "query.limit"),
        ("/cases?unknown=1", "query.unknown"),
        ("/cases?after=x", "query.after"),
        ("/cases/not-an-id", "path.case"),
        ("/log/proofs/-1", "path.index"),
    ],
)
def test_a_mistake_in_an_address_is_named_by_its_place(one: Caller, path: str, field: str) -> None:
    said = one.get(path)
    assert problem(one) == (400, "malformed")
    assert said["errors"][0]["field"] == field


def test_a_cursor_of_nobody_and_a_place_beyond_the_log_cannot_be(one: Caller) -> None:
    assert one.get("/cases?after=00000000-0000-7000-8000-000000000000")["errors"][0]["field"] == "query.after"
    assert one.status == 422
    assert one.get("/events?after=99999")["errors"][0]["field"] == "after"
    assert one.status == 422


def test_every_method_of_an_address_is_named_where_another_is_tried(one: Caller) -> None:
    for method, path, expected in (
        ("DELETE", "/api/v1/cases", "GET, POST"),
        ("PATCH", "/api/v1/webhooks/00000000-0000-7000-8000-000000000000", "DELETE, GET"),
    ):
        one.send(method, path)
        assert problem(one) == (405, "method-not-allowed")
        assert one.headers["allow"] == expected
    one.send("GET", "/api/v1/nothing")
    assert problem(one) == (404, "not-found")


def test_an_answer_is_not_kept_by_anybody_on_the_way(one: Caller) -> None:
    one.get("/me")
    assert (one.headers["cache-control"], one.headers["x-content-type-options"]) == ("no-store", "nosniff")


class BrokenStore:
    """A store that fails in a way that nobody foresaw, with content in the message."""

    def __init__(self, inner: object, after: int) -> None:
        self._inner, self._left = inner, after

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        self._left -= 1
        if self._left < 0:
            raise RuntimeError("invest@example is what was sought")
        with self._inner.transaction() as tx:  # type: ignore[attr-defined]
            yield tx


@pytest.mark.parametrize("after", [0, 1])
def test_the_unforeseen_is_an_answer_without_content_and_a_log_line_without_content(
    caplog: pytest.LogCaptureFixture, after: int
) -> None:
    world = at("drafted")
    good = caller(world.xa, *Scope, acts_for=["anna"])
    case = case_at(world, "xa", "preservation").id
    office = world.change(world.xa.id, store=BrokenStore(world.xa.office.store, after))
    assert office.node
    broken = Caller(world.xa, good.token, "anna")
    with caplog.at_level(logging.DEBUG):
        broken.send("GET", f"/api/v1/cases/{case}")
    assert problem(broken) == (500, "internal")
    assert b"invest@example" not in broken.body
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("comity")]
    assert lines == [f"unforeseen RuntimeError at /api/v1/cases/{case}"]
    assert good.token not in caplog.text


def test_no_line_of_the_log_holds_a_token_or_what_was_sent(caplog: pytest.LogCaptureFixture, one: Caller) -> None:
    with caplog.at_level(logging.DEBUG):
        one.call("POST", "/cases", {"peer": "XB/nobody", "request": {"requesting": "secret facts"}})
        one.get("/cases?after=secret")
        one.send("GET", "/api/v1/secret")
    assert "secret" not in caplog.text
    assert one.token not in caplog.text


def test_when_to_come_again_is_said_where_the_node_cannot_now() -> None:
    answer = problem_response(Unavailable("the disk is full", hint="free some space"), Mode.LIVE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert json.loads(bytes(answer.body))["stamp"] == ""


def test_every_typed_error_has_an_answer_of_its_own() -> None:
    def kinds(kind: type[ComityError]) -> Iterator[type[ComityError]]:
        for one in kind.__subclasses__():
            yield one
            yield from kinds(one)

    for kind in (one for one in kinds(ComityError) if one.__module__.startswith("comity.")):
        error = kind.__new__(kind)
        ComityError.__init__(error, "what", hint="hint")
        error.__dict__.setdefault("findings", ())
        error.__dict__.setdefault("mistakes", ())
        answer = problem_response(error, Mode.EXERCISE)
        assert 400 <= answer.status_code < 600
        assert answer.status_code != 500 or kind.__name__ in ("_Internal", "WitnessRefusal")  # never met here


def test_a_new_node_answers_with_empty_lists() -> None:
    fresh = caller(new_world().xb, *Scope, acts_for=["rita"])
    assert fresh.get("/cases") == {"cases": [], "next": ""}
    assert fresh.get("/webhooks") == {"webhooks": []}
    assert fresh.get("/events")["events"] == []
    fresh.get("/log/checkpoint")
    assert fresh.status == 404
