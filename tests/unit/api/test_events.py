"""Events by the interface: a feed whose entries can be proved, and subscriptions that call nobody they should not."""

import pytest

from comity.base.mode import Mode
from comity.transparency.bundle import parse_bundle
from comity.workflows import sequence_log
from comity.workflows.token_store import Scope
from tests.simulators.interface import Caller, caller
from tests.simulators.story import at, draft
from tests.simulators.world import XA, SmallWorld, new_world, preservation

NOBODY = "00000000-0000-7000-8000-000000000000"
URL = "https://cases.example/comity"


@pytest.fixture
def world() -> SmallWorld:
    return at("asked")


def system(world: SmallWorld) -> Caller:
    return caller(world.xa, Scope.EVENTS_READ, Scope.WEBHOOKS_WRITE, Scope.DIRECTORY_READ)


def test_the_feed_goes_on_where_it_stood_and_tells_each_event_once(world: SmallWorld) -> None:
    one = system(world)
    seen, after = [], 0
    for _ in range(3):
        while True:
            page = one.get(f"/events?after={after}&limit=1")
            seen += page["events"]
            after = page["next"]
            if after == page["size"]:
                break
        draft(world, preservation())
    (first,) = [case.id for case in world.xa.cases()][:1]
    kinds = [event["kind"] for event in seen if event["case"] == first]
    assert kinds == world.xa.history(first)
    assert [event["index"] for event in seen] == sorted({event["index"] for event in seen})
    assert [event["kind"] for event in one.get("/events?kind=drafted")["events"]].count("drafted") == 4


def test_an_event_is_proved_by_its_index_and_opened_only_with_the_cases_scope(world: SmallWorld) -> None:
    one = system(world)
    index = one.get("/events?kind=sent")["events"][0]["index"]
    one.send("GET", f"/api/v1/log/proofs/{index}")
    assert one.status == 404  # nothing is published yet
    sequence_log.publish(world.witness.office)
    sequence_log.publish(world.xa.office)
    assert parse_bundle(one.send("GET", f"/api/v1/log/proofs/{index}")).index == index
    assert one.headers["content-type"].startswith("text/plain")
    assert one.send("GET", "/api/v1/log/checkpoint").startswith(world.xa.office.origin.encode())
    assert one.get(f"/log/proofs/{index}?opening=yes")["code"] == "not-permitted"
    reader = caller(world.xa, Scope.EVENTS_READ, Scope.CASES_READ)
    opened = parse_bundle(reader.send("GET", f"/api/v1/log/proofs/{index}?opening=yes"))
    assert opened.extra


def test_a_subscription_is_made_shown_resumed_and_taken_away(world: SmallWorld) -> None:
    one = system(world)
    made = one.call("POST", "/webhooks", {"url": URL, "kinds": ["sent", "drafted", "sent"], "after": 0})
    assert (one.status, one.headers["location"]) == (201, f"/api/v1/webhooks/{made['id']}")
    assert (made["kinds"], made["cursor"], made["state"]) == (["drafted", "sent"], 0, "active")
    assert one.get("/webhooks") == {"webhooks": [made]}
    assert one.get(f"/webhooks/{made['id']}") == made
    assert one.call("POST", f"/webhooks/{made['id']}/resume")["state"] == "active"
    assert one.call("DELETE", f"/webhooks/{made['id']}") is None
    assert one.status == 204
    for method in ("GET", "DELETE"):
        assert one.call(method, f"/webhooks/{made['id']}")["code"] == "not-found"
    assert one.call("POST", f"/webhooks/{NOBODY}/resume")["code"] == "not-found"


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize(
    "url",
    [
        "http://cases.example/comity",
        "ftp://cases.example/",
        "file:///etc/passwd",
        "https://user:word@cases.example/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://2130706433/",
        "https://0.0.0.0/",
        "https://[::ffff:127.0.0.1]/",
        "//cases.example",
        "no address",
        "https://cases.example:99999/",
    ],
)
def test_an_address_that_a_node_does_not_call_is_refused(mode: Mode, url: str) -> None:
    world = new_world(mode)
    one = system(world)
    said = one.call("POST", "/webhooks", {"url": url})
    is_loopback = not any(word in url for word in ("cases.example", "file", "no address"))
    if mode is Mode.EXERCISE and is_loopback:
        assert one.status == 201
        return
    assert (one.status, said["errors"][0]["field"]) == (422, "body.url")
    assert one.get("/webhooks") == {"webhooks": []}


def test_the_directory_gives_the_key_that_a_call_is_checked_with(world: SmallWorld) -> None:
    entities = {entity["id"]: entity for entity in system(world).get("/directory")["entities"]}
    assert set(entities) == set(world.nodes)
    keys = {key["use"]: key for key in entities[XA]["keys"]}
    assert keys["transport"]["kid"] == world.xa.keys.signer("transport").kid
    assert keys["transport"]["compromised_since"] is None


def test_a_token_learns_what_it_opens_and_no_more(world: SmallWorld) -> None:
    me = caller(world.xa, Scope.CASES_DRAFT, acts_for=["anna"], roles=["investigator"]).get("/me")
    assert (me["scopes"], me["people"], me["roles"]) == (["cases:draft"], ["anna"], ["investigator"])
    assert "digest" not in me
