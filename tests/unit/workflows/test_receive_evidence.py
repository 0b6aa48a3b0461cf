"""Evidence that comes: whole, with its custody, and released to us; or nothing of it is kept."""

import msgspec
import pytest

from comity.base.digests import Digest
from comity.base.encoding import from_b64u, to_json
from comity.base.parsing import read_json
from comity.crypto.jws import sign_compact
from comity.evidence import bag, custody_act
from comity.evidence.pieces import piece_digest
from comity.exchange.directory import Use
from comity.exchange.document import verify
from comity.exchange.message import AcceptBody, ReleaseBody
from comity.exchange.problems import ExchangeProblem
from comity.workflows import deliver_outbox, receive_envelope, send_parts, take_parts, withdraw_request
from tests.simulators.failing import fail_at_every_call
from tests.simulators.forge import Forged, facts, next_in_channel, outcome
from tests.simulators.packages import MemoryPackage, sealed_tree
from tests.simulators.story import (
    ask,
    at,
    case_at,
    grant,
    lift,
    order,
    release_by_provider,
    seal,
)
from tests.simulators.wire import Fate
from tests.simulators.world import PROVIDER, XA, XB, Node, SmallWorld, production

PACK = "data/00001.age"


def test_what_arrives_is_entered_with_its_custody_or_not_at_all() -> None:
    world = at("sealed")
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.round(PROVIDER)

    def enter() -> int:
        return receive_envelope.open_waiting(world.xb.office)

    assert fail_at_every_call(world, XB, enter, but=frozenset({"part_come"})) > 12
    assert case_at(world, "xb", "stored_data").state == "evidence arrived"


def test_evidence_that_changed_after_it_was_signed_away_is_not_brought() -> None:
    world = at("sealed")
    case = case_at(world, "provider", "stored_data")
    release_by_provider(world, case)
    world.provider.spoil(PACK)
    world.round(PROVIDER)
    (message,) = (one for one in world.provider.outbox() if one.package)
    assert (message.state, message.code) == ("queued", "broken-seal")
    assert world.xb.packages.held == {}
    digest = piece_digest(world.provider.package.files[PACK], "blake3").hex()
    assert digest not in world.xb.parts.held


@pytest.mark.parametrize("name", [bag.MANIFEST, bag.PARTS])
def test_a_list_that_changed_after_it_was_signed_away_is_rejected_on_arrival_and_nothing_is_kept(name: str) -> None:
    world = at("sealed")
    body, _ = released(world)
    before = facts(world.xb)
    world.provider.spoil(name)
    assert forge_release(world, body, send_parts.describe(world.provider.package)) in (
        "broken-seal",
        "missing-part",
    )
    assert {entry for entry, rows in facts(world.xb).items() if rows != before[entry]} <= {"channel"}
    assert world.xb.packages.held == {}


@pytest.mark.parametrize("path", ["/v1/parts", "/v1/envelopes"])
@pytest.mark.parametrize("fate", [fate for fate in Fate if fate is not Fate.PASS])
def test_evidence_comes_whole_whatever_befalls_its_parts(fate: Fate, path: str) -> None:
    world = at("sealed")
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.wire.next(path, *[Fate.PASS, fate] * 4 if path == "/v1/parts" else [fate])
    world.settle()
    world.wire.release()
    world.heal()
    assert case_at(world, "xb", "stored_data").state == "evidence arrived"
    assert world.xb.package.files == world.provider.package.files


def test_parts_that_arrived_are_not_sent_again() -> None:
    world = at("sealed")
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.wire.next("/v1/envelopes", Fate.DROP)
    world.heal()
    puts = [one.path for one in world.wire.to("/v1/parts") if one.method == "PUT"]
    assert len(puts) == len(set(puts)) == len(world.provider.package.files)


def acceptance(world: SmallWorld, by: Node, actor: str = "olga") -> bytes:
    """An act of acceptance by a node, on the provider's release; its own rules looked away from."""
    case = case_at(world, "provider", "stored_data")
    acts = world.provider.acts(case.package)
    last = read_json(from_b64u(acts[-1].split(b".")[1].decode()), custody_act.CustodyAct, limit=65536, what="the act")
    act = msgspec.structs.replace(last, act="accept", by=by.id, actor=actor, to="", prev=str(Digest.of(acts[-1])))
    return sign_compact(to_json(act), by.keys.signer(Use.AUTHORITY), custody_act.TYP)


@pytest.mark.parametrize("by", ["xa", "provider"])
def test_an_acceptance_by_another_than_the_one_named_has_no_effect(by: str) -> None:
    world = at("arrived at XB")
    case = case_at(world, "provider", "stored_data")
    act = acceptance(world, getattr(world, by))
    place = next_in_channel(world.xb, case_at(world, "xb", "stored_data").id, PROVIDER)
    body = AcceptBody(package=case.package, act=act.decode())
    forged = Forged(kind="evidence.accept", body=body, sender=XB, to=PROVIDER, document=place)
    assert outcome(world, forged.make(world), sender=XB, to=PROVIDER) == "broken-custody"
    assert world.provider.case(case.id).state == "evidence released"
    assert len(world.provider.acts(case.package)) == 2


def test_an_acceptance_of_another_package_has_no_effect() -> None:
    world = at("arrived at XB")
    case = case_at(world, "provider", "stored_data")
    place = next_in_channel(world.xb, case_at(world, "xb", "stored_data").id, PROVIDER)
    body = AcceptBody(package="0" * 64, act=acceptance(world, world.xb).decode())
    forged = Forged(kind="evidence.accept", body=body, sender=XB, to=PROVIDER, document=place)
    assert outcome(world, forged.make(world), sender=XB, to=PROVIDER) == "broken-custody"
    assert world.provider.case(case.id).state == "evidence released"


def released(world: SmallWorld) -> tuple[ReleaseBody, tuple[object, ...]]:
    """The provider's release as it is in its outbox, taken out of it."""
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    message = world.provider.outbox()[-1]
    document = verify(message.document, world.provider.keys.signer(Use.AUTHORITY).public).document
    return document.read_body(ReleaseBody), document.attachments


def bring(world: SmallWorld, package: MemoryPackage) -> None:
    """Put every file of a package, as one part each, where the provider would have brought it."""
    case = case_at(world, "provider", "stored_data")
    with world.provider.office.store.transaction() as tx:
        channel = tx.channels.of_case(case.id, XB)
    assert channel is not None
    for name, data in package.files.items():
        digest = piece_digest(data, "blake3").hex() if name.startswith("data/") else str(Digest.of(data))
        try:
            take_parts.let_in(world.xb.office, PROVIDER, channel.id, digest, len(data))
        except ExchangeProblem as error:
            assert error.code == "too-large"
        else:
            take_parts.take(world.xb.office, channel.id, digest, data)


def forge_release(world: SmallWorld, body: ReleaseBody, attachments: object) -> str:
    """Bring the provider's parts, and then a release of one's own making in its place."""
    package = world.provider.package
    bring(world, package)
    case = case_at(world, "provider", "stored_data")
    with world.provider.office.store.transaction() as tx:
        channel = tx.channels.of_case(case.id, XB)
    assert channel is not None
    with world.xb.office.store.transaction() as tx:
        there = tx.channels.get(channel.id)
    assert there is not None
    place = {"channel": channel.id, "seq": there.received.seq + 1, "prev": there.received.prev}
    forged = Forged(
        kind="evidence.release",
        body=body,
        sender=PROVIDER,
        document=place,
        attachments=attachments,  # type: ignore[arg-type]
    )
    return outcome(world, forged.make(world), sender=PROVIDER)


def test_the_release_that_the_next_tests_change_would_be_taken() -> None:
    world = at("sealed")
    assert forge_release(world, *released(world)) == "delivered"


def test_a_package_whose_message_has_no_place_in_its_case_does_not_stay() -> None:
    world = at("sealed")
    body, attachments = released(world)
    ours = case_at(world, "xa", "stored_data")
    withdraw_request.withdraw(world.xa.office, "bo", ours.id, reasons="the victims were paid back")
    world.round(XA)
    world.round(XB)
    lift(world, case_at(world, "xb", "stored_data"))
    assert forge_release(world, body, attachments) == "out-of-state"
    assert world.xb.packages.held == {}
    assert world.xb.acts(body.package) == []


def test_more_evidence_than_a_case_may_have_is_refused_and_its_parts_dropped() -> None:
    world = at("sealed")
    body, attachments = released(world)
    world.change(XB, most_evidence_bytes=1000)
    assert forge_release(world, body, attachments) == "too-large"
    assert (world.xb.packages.held, world.xb.parts.held, world.xb.dump()["part_come"]) == ({}, {}, [])


def test_a_chain_with_a_changed_act_is_refused() -> None:
    world = at("sealed")
    body, attachments = released(world)
    head, payload, signature = body.custody[0].split(".")
    changed = ReleaseBody(
        package=body.package, custody=(f"{head}.{payload}.{'A' * 80}{signature[80:]}", *body.custody[1:])
    )
    assert forge_release(world, changed, attachments) == "broken-custody"
    assert world.xb.packages.held == {}


@pytest.mark.parametrize("acts", [slice(0, 1), slice(1, 2), slice(0, 0)])
def test_a_chain_with_an_act_left_out_is_refused(acts: slice) -> None:
    world = at("sealed")
    body, attachments = released(world)
    changed = ReleaseBody(package=body.package, custody=body.custody[acts])
    assert forge_release(world, changed, attachments) == "broken-custody"
    assert world.xb.packages.held == {}


def test_a_chain_of_another_package_is_refused() -> None:
    world = at("sealed")
    body, attachments = released(world)
    assert forge_release(world, ReleaseBody(package="0" * 64, custody=body.custody), attachments) == "broken-custody"


def test_a_package_without_one_of_its_parts_is_refused_and_nothing_is_kept() -> None:
    world = at("sealed")
    body, attachments = released(world)
    world.provider.spoil(PACK)  # what is brought is not what the release names
    before = facts(world.xb)
    assert forge_release(world, body, attachments) == "missing-part"
    assert {name for name, rows in facts(world.xb).items() if rows != before[name]} <= {"channel"}
    assert world.xb.packages.held == {}


def lost_on_the_way() -> tuple[SmallWorld, str]:
    """A release is at XB, stored, and one of its parts is gone from XB's disk; the message's id."""
    world = at("sealed")
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    deliver_outbox.deliver(world.provider.office)
    (message,) = (one for one in world.provider.outbox() if one.package)
    assert message.state == "stored"
    world.xb.parts.held.pop(next(iter(world.xb.parts.held)))
    assert receive_envelope.open_waiting(world.xb.office) == 0
    return world, message.id


def row_at_xb(world: SmallWorld, message: str) -> tuple[str, str]:
    kept = world.xb.incoming(PROVIDER, message)
    assert kept is not None
    return str(kept.state), kept.code


def test_what_lacks_a_part_waits_says_so_and_goes_on_when_the_same_bytes_come_again_with_it() -> None:
    world, message = lost_on_the_way()
    assert row_at_xb(world, message) == ("stored", "missing-part")
    kept = len(world.xb.parts.held)
    assert kept > 0  # what did come is not asked for again
    before = len(world.wire.to("/v1/parts"))
    world.pass_seconds(3700)
    assert deliver_outbox.ask_for_receipts(world.provider.office, world.provider.clock.now()) == 1
    (waiting,) = (one for one in world.provider.outbox() if one.package)
    assert (waiting.state, waiting.code) == ("queued", "missing-part")
    world.heal()
    assert sum(one.method == "PUT" for one in world.wire.to("/v1/parts")[before:]) == 1
    assert case_at(world, "xb", "stored_data").state == "evidence arrived"
    assert world.xb.package.files == world.provider.package.files
    assert row_at_xb(world, message)[0] == "delivered"
    assert world.xb.parts.held == {}


def test_what_lacks_a_part_when_its_time_ends_is_rejected_for_good_and_frees_its_channel() -> None:
    world, message = lost_on_the_way()
    envelope = next(one.envelope for one in world.provider.outbox() if one.id == message)
    world.pass_seconds(envelope.read_header().exp - world.xb.clock.now().seconds)
    assert outcome(world, envelope, sender=PROVIDER) == "missing-part"  # the same bytes again, without the part
    assert row_at_xb(world, message) == ("stored", "missing-part")
    world.pass_seconds(1)
    assert outcome(world, envelope, sender=PROVIDER) == "missing-part"
    assert row_at_xb(world, message) == ("rejected", "missing-part")
    assert not world.xb.packages.held
    assert not world.xb.parts.held
    with world.xb.office.store.transaction() as tx:
        channel = tx.channels.get(envelope.read_header().channel)
    assert channel is not None
    assert channel.received.seq == envelope.read_header().seq  # what follows it is taken


def test_a_package_that_is_not_the_one_of_the_chain_is_refused() -> None:
    world = at("sealed")
    body, _ = released(world)
    other, _sealed = sealed_tree({"a": b"b"})
    bring(world, other)
    assert forge_release(world, body, send_parts.describe(other)) in ("broken-seal", "bad-signature", "invalid-field")
    assert world.xb.packages.held == {}


def test_two_packages_on_their_way_at_once_both_arrive() -> None:
    world = at("new")
    theirs = []
    for _ in range(2):
        _ours, asked = ask(world, production())
        grant(world, asked)
        order(world, world.xb.case(asked.id))
        world.settle()
        theirs.append(asked.id)
    for case in world.provider.cases():
        seal(world, case)
        release_by_provider(world, case)
    world.settle()
    assert [world.xb.case(one).state for one in theirs] == ["evidence arrived"] * 2
