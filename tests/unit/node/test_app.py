"""The node over HTTP: limits, and problems that say what to do and nothing else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from comity.base.errors import Unavailable
from comity.exchange import envelope as envelopes
from comity.exchange import receipt
from comity.exchange.problems import PROBLEMS, TYPE_PREFIX
from comity.node.app import make_app
from comity.workflows import send_parts
from comity.workflows.ports import Answer
from tests.simulators.forge import Forged, code_of, request_to
from tests.simulators.wire import ask
from tests.simulators.world import XB, SmallWorld, new_world

FIELDS = {"type", "title", "status", "detail", "code", "retry", "who", "mode", "stamp"}
NO_PART = "/v1/parts/channel/" + "0" * 64


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def check_problem(answer: Answer, code: str) -> None:
    said = json.loads(answer.body)
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(said) == FIELDS
    assert (said["code"], said["type"]) == (code, TYPE_PREFIX + code)
    assert (answer.status, said["status"]) == (PROBLEMS[code].status, PROBLEMS[code].status)
    assert (said["mode"], said["stamp"]) == ("exercise", "EXERCISE")
    assert all(said[name] for name in FIELDS)


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/v1/envelopes", envelopes.BATCH_LIMIT),
        ("POST", "/v1/receipts", receipt.LIMIT),
        ("PUT", NO_PART, send_parts.PART_BYTES),
        ("GET", "/v1/receipts/any", 0),
    ],
)
def test_a_body_above_the_limit_is_refused_before_anything_else(
    world: SmallWorld, method: str, path: str, limit: int
) -> None:
    app = world.wire.apps[world.xb.host]
    check_problem(ask(app, method, world.xb.url + path, {}, b"x" * (limit + 1)), "too-large")
    within = ask(app, method, world.xb.url + path, {}, b"x" * limit)
    assert code_of(within) != "too-large"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"v":1}', b'{"v":1,"id":"a","envelopes":[]}', b"\xff\xfe"])
def test_what_is_no_batch_is_malformed_and_nothing_is_kept(world: SmallWorld, body: bytes) -> None:
    before = world.xb.dump()
    check_problem(request_to(world, world.xa, XB, "/v1/envelopes", body), "malformed")
    assert world.xb.dump() == before


@pytest.mark.parametrize(
    ("path", "code"), [("/v2/envelopes", "version"), ("/v10/anything/at/all", "version"), ("/v1/anything", "not-found")]
)
def test_an_address_of_another_version_is_told_as_such_before_anything_is_read(
    world: SmallWorld, path: str, code: str
) -> None:
    app = world.wire.apps[world.xb.host]
    check_problem(ask(app, "POST", world.xb.url + path, {}, b"signed by nobody"), code)


def test_a_batch_of_another_version_is_told_as_such_and_nothing_is_kept(world: SmallWorld) -> None:
    before = world.xb.dump()
    body = b'{"v":2,"letters":["of another shape"]}'
    check_problem(request_to(world, world.xa, XB, "/v1/envelopes", body), "version")
    assert world.xb.dump() == before


def test_a_batch_of_too_many_is_malformed(world: SmallWorld) -> None:
    envelope = Forged().make(world)
    for count, status in ((envelopes.BATCH_MOST, 200), (envelopes.BATCH_MOST + 1, 400)):
        body = envelopes.format_batch("forged", [envelope] * count)
        assert request_to(world, world.xa, XB, "/v1/envelopes", body).status == status


def test_problems_repeat_nothing_of_what_was_sent(world: SmallWorld) -> None:
    secret = b"the-name-of-a-person"
    bodies = [b'{"v":1,"id":"' + secret + b'","envelopes":"' + secret + b'"}', secret, b'{"' + secret[:3] + b'":1}']
    for body in bodies:
        answer = request_to(world, world.xa, XB, "/v1/envelopes", body)
        assert answer.status == 400
        assert secret not in answer.body


@pytest.mark.parametrize(
    ("opens", "seq", "times"), [(False, 1, 1), (True, 1, 0), (True, 2, 1)], ids=["to open", "opened", "early"]
)
def test_a_message_that_is_left_to_the_worker_wakes_it(world: SmallWorld, opens: bool, seq: int, times: int) -> None:
    woken: list[str] = []
    app = make_app(world.xb.office, world.xb.url, lambda: woken.append("woken"), opens=opens)
    world.wire.apps[world.xb.host] = app
    body = envelopes.format_batch("forged", [Forged(document={"seq": seq}).make(world)])
    assert request_to(world, world.xa, XB, "/v1/envelopes", body).status == 200
    assert woken == ["woken"] * times
    assert request_to(world, world.xa, XB, "/v1/envelopes", b"{}").status == 400
    assert woken == ["woken"] * times


def test_a_receipt_that_is_not_there_is_not_found(world: SmallWorld) -> None:
    answer = request_to(world, world.xa, XB, "/v1/receipts/nothing", b"", method="GET", media_type=receipt.MEDIA_TYPE)
    check_problem(answer, "not-found")


def test_receipts_that_are_none_are_malformed(world: SmallWorld) -> None:
    check_problem(request_to(world, world.xa, XB, "/v1/receipts", b"{}"), "malformed")


def test_the_health_of_a_node_says_its_name_its_mode_and_how_its_log_stands_and_no_more(world: SmallWorld) -> None:
    answer = ask(world.wire.apps[world.xb.host], "GET", world.xb.url + "/health", {}, b"")
    log = {"published": 0, "alarms": []}
    stamp = {"mode": "exercise", "stamp": "EXERCISE"}
    assert json.loads(answer.body) == {"ok": True, "node": XB, **stamp, "log": log}


class Broken:
    """A store that fails as nobody foresaw, or as a disk does."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    @contextmanager
    def transaction(self) -> Iterator[None]:
        raise self._error
        yield


def test_what_nobody_foresaw_is_an_error_of_ours_and_tells_no_content(
    world: SmallWorld, caplog: pytest.LogCaptureFixture
) -> None:
    world.change(XB, store=Broken(ValueError("the-name-of-a-person")))
    answer = request_to(world, world.xa, XB, "/v1/envelopes", b"{}")
    check_problem(answer, "internal")
    assert b"the-name" not in answer.body
    assert "the-name" not in caplog.text
    assert "ValueError at /v1/envelopes" in caplog.text


def test_a_disk_that_is_full_is_told_so_that_the_same_is_sent_again(world: SmallWorld) -> None:
    world.change(XB, store=Broken(Unavailable("the disk is full")))
    answer = request_to(world, world.xa, XB, "/v1/envelopes", b"{}")
    check_problem(answer, "unavailable")
    assert json.loads(answer.body)["retry"] == "the same bytes, later"


def test_a_path_or_method_that_is_not_there_is_answered_without_effect(world: SmallWorld) -> None:
    before = world.xb.dump()
    app = world.wire.apps[world.xb.host]
    assert ask(app, "GET", world.xb.url + "/v1/cases", {}, b"").status == 404
    assert ask(app, "DELETE", world.xb.url + "/v1/envelopes", {}, b"").status == 405
    assert world.xb.dump() == before
