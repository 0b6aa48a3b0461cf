"""The whole story in the small world: there and back, and what both ends' logs say of it."""

from datetime import timedelta

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import from_b64u
from comity.base.parsing import read_json
from comity.transparency.entry import Opening, verify_opening
from comity.workflows import prove_entry, read_cases
from comity.workflows.record import LogBody
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import FILES, at, case_at, examine, order
from tests.simulators.world import PROVIDER, XA, XB, Node, SmallWorld

_LIMIT = 65536


def bodies(node: Node, case_id: str) -> list[LogBody]:
    return [read_json(leaf.body, LogBody, limit=_LIMIT, what="the log body") for leaf in node.leaves(case_id)]


def all_cases(world: SmallWorld) -> list[tuple[Node, str]]:
    return [(node, case.id) for node in world.nodes.values() for case in node.cases()]


def test_the_data_are_preserved_for_the_days_asked_and_the_requesting_state_is_told_until_when() -> None:
    world = at("preserved")
    ours, theirs, at_provider = (case_at(world, node, "preservation") for node in ("xa", "xb", "provider"))
    assert {ours.state, theirs.state, at_provider.state} == {"preserved"}
    assert ours.preserved_until == theirs.preserved_until == at_provider.preserved_until
    assert ours.preserved_until == world.xa.clock.now().day + timedelta(days=90)
    assert (ours.approved_by, ours.drafted_by, theirs.provider) == ("bo", "anna", PROVIDER)


def test_a_request_that_follows_keeps_the_preserved_data_until_it_is_decided() -> None:
    world = at("production asked")
    assert case_at(world, "xb", "preservation").state == "held pending decision"
    assert case_at(world, "xb", "stored_data").state == "requested"


def test_evidence_comes_home_with_every_file_as_it_was_and_custody_complete() -> None:
    world, out = at("accepted at XA"), MemoryPackage()
    ours = examine(world, case_at(world, "xa", "stored_data"), out)
    assert {name: out.files[f"data/{name}"] for name in FILES} == FILES
    assert out.is_committed
    custody = read_cases.custody_of(world.xa.office, ours)
    acts = [(act.act, act.by, act.actor) for act in custody.acts]
    assert acts == [
        ("begin", PROVIDER, "lee"),
        ("release", PROVIDER, "lee"),
        ("accept", XB, "olga"),
        ("release", XB, "dan"),
        ("accept", XA, "bo"),
        ("examine", XA, "anna"),
    ]
    assert (custody.holder, custody.is_complete) == (XA, True)


def test_both_givers_hold_the_second_signature_of_their_hand_over() -> None:
    world = at("accepted at XA")
    for node, acts in ((world.provider, 3), (world.xb, 5)):
        case = case_at(world, "provider" if node is world.provider else "xb", "stored_data")
        custody = read_cases.custody_of(node.office, case)
        assert (len(custody.acts), custody.is_complete, case.state) == (acts, True, "produced")


def test_everything_sent_was_delivered_and_nothing_is_left_waiting() -> None:
    world = at("examined")
    for node in world.nodes.values():
        rows = node.dump()
        assert {row["state"] for row in rows["outbox"]} <= {"delivered"}
        assert {row["state"] for row in rows["inbox"]} <= {"delivered"}
        assert {row["done"] for row in rows["receipt"]} <= {1}
        assert (node.parts.held, rows["part_come"], rows["transfer"]) == ({}, [], [])


def test_each_event_has_exactly_one_log_entry_that_opens_and_bears_the_stamp() -> None:
    world = at("examined")
    for node, case_id in all_cases(world):
        leaves, events = node.leaves(case_id), node.events(case_id)
        assert [leaf.event for leaf in leaves] == list(range(1, len(events) + 1))
        for leaf, body, tag in zip(leaves, bodies(node, case_id), node.history(case_id), strict=True):
            verify_opening(leaf.entry, Opening(leaf.stat, leaf.body, leaf.stat_salt, leaf.body_salt))
            assert (body.stamp, body.node, body.event) == ("EXERCISE", node.id, tag)
            assert b'"mode":"exercise"' in leaf.stat


def test_both_ends_commit_to_the_same_document_and_the_same_envelope() -> None:
    world = at("examined")
    committed: dict[str, set[tuple[str, str]]] = {node.id: set() for node in world.nodes.values()}
    for node, case_id in all_cases(world):
        committed[node.id] |= {(body.doc_sha256, body.envelope_sha256) for body in bodies(node, case_id)}
    messages = [(node.id, message) for node in world.nodes.values() for message in node.outbox()]
    assert len(messages) == 11
    for sender, message in messages:
        pair = (str(Digest.of(message.document)), str(message.envelope.digest))
        assert pair in committed[sender]
        assert pair in committed[message.peer]


def test_a_document_says_where_its_senders_log_holds_it() -> None:
    world = at("examined")
    for node in world.nodes.values():
        for message in node.outbox():
            place = msgspec.json.decode(_payload(message.document))["log"]
            with node.office.store.transaction() as tx:
                leaf = tx.log.leaf(place["index"])
            assert leaf is not None
            body = read_json(leaf.body, LogBody, limit=_LIMIT, what="the log body")
            assert (body.doc_sha256, place["origin"]) == (str(Digest.of(message.document)), node.office.origin)


def _payload(token: bytes) -> bytes:
    return from_b64u(token.split(b".")[1].decode())


def test_every_entry_of_every_log_is_proven_to_an_outsider() -> None:
    world = at("examined")
    world.publish()
    for node in world.nodes.values():
        standing = read_size(node)
        assert standing % node.office.pad_to == 0
        for index in range(standing):
            prove_entry.prove(node.office, index, with_opening=True)


def read_size(node: Node) -> int:
    with node.office.store.transaction() as tx:
        return tx.log.size()


def test_a_copy_of_a_world_goes_on_by_itself() -> None:
    first, second = at("asked"), at("asked")
    before = second.xb.dump()
    case = case_at(first, "xb", "preservation")
    order(first, case)
    assert second.xb.dump() == before
    assert first.xb.dump() != before
