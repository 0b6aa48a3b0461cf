"""Directories: trusted after people compared fingerprints, and never backwards; no key by any other way."""

import msgspec
import pytest
from sqlalchemy import delete

from comity.adapters.sql.tables import directory
from comity.adapters.sql.tables_directory import directory_confirmed
from comity.base.digests import Digest
from comity.base.encoding import b64u
from comity.base.errors import BadSignature, Conflict, Malformed, NotFound, NotPermitted
from comity.base.mode import Mode
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.directory import SignedList, StateList, open_list, sign_list
from comity.exchange.message import Role
from comity.exchange.problems import ExchangeProblem
from comity.transparency.entry import read_statement
from comity.workflows import keep_directory
from tests.simulators.failing import fail_at_every_call
from tests.simulators.fakes import KeysInMemory
from tests.simulators.forge import Forged, bring
from tests.simulators.story import ask
from tests.simulators.world import PROVIDER, XA, XB, Node, SmallWorld, describe, new_world, preservation


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def own_list(node: Node) -> SignedList:
    return next(one for one in keep_directory.show(node.office) if one.value.state == node.office.state)


def newer(node: Node, **changes: object) -> SignedList:
    """A next list of a node's State, by its own root."""
    old = own_list(node).value
    value: StateList = msgspec.structs.replace(old, sequence=old.sequence + 1)
    return sign_list(msgspec.structs.replace(value, **changes), [node.keys.root])


def forget(node: Node, state: str) -> None:
    with node.database.engine.begin() as connection:
        connection.execute(delete(directory).where(directory.c.state == state))


def test_a_list_is_not_trusted_before_its_fingerprint_was_compared(world: SmallWorld) -> None:
    forget(world.xa, "XB")
    signed, before = own_list(world.xb), world.xa.dump()
    for confirmed in (None, Digest.of(b"another")):
        with pytest.raises(NotPermitted):
            keep_directory.trust(world.xa.office, "bo", signed.data, confirmed)
    assert world.xa.dump() == before
    for person in ("bo", "sven"):
        keep_directory.trust(world.xa.office, person, signed.data, signed.fingerprint)
    assert world.xa.entity(XB).id == XB


def test_one_person_alone_trusts_nobody_however_often_they_say_so(world: SmallWorld) -> None:
    forget(world.xa, "XB")
    with world.xa.database.engine.begin() as connection:
        connection.execute(delete(directory_confirmed))
    signed = own_list(world.xb)
    for _ in range(3):
        assert keep_directory.trust(world.xa.office, "bo", signed.data, signed.fingerprint).missing == 1
    assert {one.value.state for one in keep_directory.show(world.xa.office)} == {"XA", "XC"}
    done = keep_directory.trust(world.xa.office, "sven", signed.data, signed.fingerprint)
    assert (done.missing, done.signed.value.state) == (0, "XB")
    assert world.xa.entity(XB).id == XB


def test_a_later_list_of_the_same_roots_needs_no_new_ceremony(world: SmallWorld) -> None:
    signed = newer(world.xb)
    keep_directory.trust(world.xa.office, "bo", signed.data, None)
    assert {one.value.sequence for one in keep_directory.show(world.xa.office) if one.value.state == "XB"} == {
        signed.value.sequence
    }


def test_a_list_never_goes_back(world: SmallWorld) -> None:
    old, new = own_list(world.xb), newer(world.xb)
    keep_directory.trust(world.xa.office, "bo", new.data, None)
    with pytest.raises(ExchangeProblem) as caught:
        keep_directory.trust(world.xa.office, "bo", old.data, None)
    assert caught.value.code == "conflict"


def test_a_list_that_lost_a_key_is_not_taken(world: SmallWorld) -> None:
    lost = tuple(msgspec.structs.replace(one, keys=one.keys[1:]) for one in own_list(world.xb).value.entities)
    with pytest.raises(ExchangeProblem):
        keep_directory.trust(world.xa.office, "bo", newer(world.xb, entities=lost).data, None)


def test_other_roots_need_a_new_comparison(world: SmallWorld) -> None:
    root = Ed25519Signer(bytes(range(32)))
    value = msgspec.structs.replace(own_list(world.xb).value, roots=(b64u(root.public),), sequence=99)
    signed = sign_list(value, [root])
    with pytest.raises(NotPermitted):
        keep_directory.trust(world.xa.office, "bo", signed.data, None)
    with pytest.raises(NotPermitted):
        keep_directory.trust(world.xa.office, "bo", signed.data, own_list(world.xb).fingerprint)
    assert keep_directory.trust(world.xa.office, "bo", signed.data, signed.fingerprint).missing == 1
    assert keep_directory.trust(world.xa.office, "sven", signed.data, signed.fingerprint).missing == 0


def test_a_list_that_its_roots_did_not_sign_is_not_read(world: SmallWorld) -> None:
    stranger = Ed25519Signer(bytes(range(32)))
    with pytest.raises(BadSignature):
        sign_list(newer(world.xb).value, [stranger])
    spoiled = newer(world.xb).data.replace(b'"signature":"', b'"signature":"AA')
    with pytest.raises((BadSignature, Malformed)):
        keep_directory.trust(world.xa.office, "bo", spoiled, None)


def test_exercise_and_live_lists_never_mix(world: SmallWorld) -> None:
    live = newer(new_world(Mode.LIVE).xb)
    with pytest.raises(Malformed):
        keep_directory.trust(world.xa.office, "bo", live.data, live.fingerprint)


def test_a_list_past_its_end_is_not_taken(world: SmallWorld) -> None:
    signed = newer(world.xb)
    world.pass_days(31)
    with pytest.raises(Malformed):
        keep_directory.trust(world.xa.office, "bo", signed.data, signed.fingerprint)


def test_every_change_is_a_public_statement_in_the_log(world: SmallWorld) -> None:
    signed = newer(world.xb)
    keep_directory.trust(world.xa.office, "bo", signed.data, None)
    with world.xa.office.store.transaction() as tx:
        leaf = tx.log.leaf(tx.log.size() - 1)
    assert leaf is not None
    said = read_statement(leaf.entry)
    assert (said["kind"], said["state"], said["sequence"]) == ("directory", "XB", signed.value.sequence)
    assert (said["sha256"], said["roots"]) == (str(Digest.of(signed.data)), str(signed.fingerprint))
    assert said["stamp"] == "EXERCISE"


def test_list_and_statement_are_written_together(world: SmallWorld) -> None:
    signed = newer(world.xb)
    assert fail_at_every_call(world, XA, lambda: keep_directory.trust(world.xa.office, "bo", signed.data, None)) >= 4


def test_a_state_founds_its_directory_once(world: SmallWorld) -> None:
    with pytest.raises(Conflict):
        keep_directory.found_list(world.xa.office, describe(world.xa), [world.xa.keys.root])


def card_of(node: Node, **changes: object) -> tuple[bytes, str]:
    entity = msgspec.structs.replace(describe(node), **changes)
    kid = next(key.kid for key in entity.keys if key.use == "authority")
    return keep_directory.card(entity, node.keys), kid


def test_a_card_is_listed_only_with_the_key_its_owner_read_out(world: SmallWorld) -> None:
    data, kid = card_of(world.provider)
    before = world.xb.dump()
    with pytest.raises(NotPermitted):
        keep_directory.enrol(world.xb.office, "olga", data, kid[:-1] + "x", [world.xb.keys.root])
    assert world.xb.dump() == before


@pytest.mark.parametrize(
    ("changes", "error"), [({"id": "XA/hosting-company"}, Malformed), ({"role": Role.AUTHORITY}, NotPermitted)]
)
def test_a_state_lists_no_foreign_node_and_no_second_authority_by_a_card(
    world: SmallWorld, changes: dict[str, object], error: type[Exception]
) -> None:
    data, kid = card_of(world.provider, **changes)
    with pytest.raises(error):
        keep_directory.enrol(world.xb.office, "olga", data, kid, [world.xb.keys.root])


def test_a_card_that_somebody_else_signed_is_no_card(world: SmallWorld) -> None:
    entity = describe(world.provider)
    kid = next(key.kid for key in entity.keys if key.use == "authority")
    with pytest.raises(BadSignature):
        keep_directory.enrol(
            world.xb.office,
            "olga",
            keep_directory.card(entity, KeysInMemory("a thief")),
            kid,
            [world.xb.keys.root],
        )


def test_who_keeps_no_directory_lists_nobody(world: SmallWorld) -> None:
    forget(world.provider, "XB")
    data, kid = card_of(world.provider)
    with pytest.raises(NotFound):
        keep_directory.enrol(world.provider.office, "lee", data, kid, [])


def test_a_node_that_is_not_trusted_here_is_not_reached_by_its_messages(world: SmallWorld) -> None:
    forget(world.xb, "XA")
    assert bring(world, [Forged().make(world)]) == ["unknown-peer"]


def test_a_listed_node_is_reached_at_the_address_its_list_gives(world: SmallWorld) -> None:
    ask(world, preservation())
    assert {one.url.split("/v1")[0] for one in world.wire.to("/v1/envelopes")} == {world.xb.url}
    assert open_list(own_list(world.xb).data).value.entities[1].id == PROVIDER


def test_a_renewed_list_runs_longer_and_is_taken_without_a_new_ceremony(world: SmallWorld) -> None:
    before = own_list(world.xb)
    world.pass_days(20)
    renewed = keep_directory.renew(world.xb.office, "olga", [world.xb.keys.root])
    assert renewed.value.sequence == before.value.sequence + 1
    assert renewed.value.next_update > before.value.next_update
    assert renewed.value.entities == before.value.entities
    world.pass_days(20)  # the old one has ended by now
    with pytest.raises(Malformed):
        keep_directory.trust(world.xa.office, "bo", before.data, None)
    assert keep_directory.trust(world.xa.office, "bo", renewed.data, None).signed.value == renewed.value


def test_only_who_keeps_the_directory_renews_it(world: SmallWorld) -> None:
    with pytest.raises(NotPermitted):
        keep_directory.renew(world.xb.office, "rita", [world.xb.keys.root])
