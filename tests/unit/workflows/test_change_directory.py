"""Our own State's list changes: the next key with its notice, a revoked one for ever, other roots, signed elsewhere."""

import msgspec
import pytest

from comity.base.encoding import b64u
from comity.base.errors import Conflict, Malformed, NotFound, NotPermitted, OutOfOrder
from comity.crypto.hpke import HybridOpener
from comity.crypto.signatures import Ed25519Signer
from comity.exchange.directory import SignedList, Use, fingerprint
from comity.exchange.directory_collection import format_collection, open_collection
from comity.exchange.directory_signing import add_signature, draft, open_draft
from comity.exchange.problems import ExchangeProblem
from comity.transparency.entry import read_statement
from comity.workflows import change_directory, keep_directory
from tests.simulators.failing import fail_at_every_call
from tests.simulators.forge import Forged, outcome
from tests.simulators.world import PROVIDER, XB, SmallWorld, new_world

NEXT = Ed25519Signer(bytes([77]) * 32)
ROOTS = [Ed25519Signer(bytes([n]) * 32) for n in (31, 32, 33)]


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def rotated(world: SmallWorld, days: int = 8, use: Use = Use.AUTHORITY) -> change_directory.Changed:
    since = world.xb.clock.now().plus_days(days)
    public = HybridOpener(bytes([9]) * 96).public if use is Use.ENCRYPTION else NEXT.public
    return change_directory.rotate(world.xb.office, "olga", use, public, since, [world.xb.keys.root])


def own_list(world: SmallWorld) -> SignedList:
    return next(one for one in keep_directory.show(world.xb.office) if one.value.state == "XB")


@pytest.mark.parametrize("use", change_directory.ROTATED)
def test_the_next_key_is_listed_with_its_notice_and_peers_take_the_list_without_a_ceremony(
    world: SmallWorld, use: Use
) -> None:
    before = world.xa.entity(XB)
    done = rotated(world, use=use)
    assert done.signed is not None
    keep_directory.trust(world.xa.office, "bo", done.data, None)
    after = world.xa.entity(XB)
    assert len(after.keys) == len(before.keys) + 1
    now = world.xa.clock.now()
    assert after.key(use, now).kid == before.key(use, now).kid
    assert after.key(use, now.plus_days(9)).kid != before.key(use, now).kid


def test_every_change_is_a_public_statement_written_with_it(world: SmallWorld) -> None:
    done = rotated(world)
    with world.xb.office.store.transaction() as tx:
        leaf = tx.log.leaf(tx.log.size() - 1)
    assert leaf is not None
    said = read_statement(leaf.entry)
    assert (said["kind"], said["sequence"]) == ("directory", done.value.sequence)
    assert fail_at_every_call(world, XB, lambda: revoke(world, world.xb.entity(XB).keys[0].kid)) >= 4


def revoke(world: SmallWorld, kid: str, node: str = "") -> change_directory.Changed:
    now = world.xb.clock.now()
    return change_directory.revoke(world.xb.office, "olga", kid, now, [world.xb.keys.root], node=node)


def test_a_key_without_its_notice_or_of_no_node_is_not_listed(world: SmallWorld) -> None:
    before = world.xb.dump()
    with pytest.raises(Malformed):
        rotated(world, days=6)
    with pytest.raises(NotFound):
        revoke(world, "a key", "XB/nobody")
    with pytest.raises(NotPermitted):
        change_directory.revoke(world.xb.office, "rita", "a key", world.xb.clock.now(), [])
    for use in (Use.LOG, Use.WITNESS, Use.EVIDENCE):
        with pytest.raises(NotPermitted):
            change_directory.check_next(world.xb.office, use, world.xb.clock.now().plus_days(9))
    assert world.xb.dump() == before


def test_a_revoked_key_signs_nothing_that_a_peer_takes_and_the_next_needs_no_notice(world: SmallWorld) -> None:
    kid = world.xa.entity(world.xa.office.node).key(Use.AUTHORITY, world.xa.clock.now()).kid
    now = world.xa.clock.now()
    done = change_directory.revoke(world.xa.office, "bo", kid, now, [world.xa.keys.root])
    keep_directory.trust(world.xb.office, "olga", done.data, None)
    assert outcome(world, Forged().make(world)) == "revoked-key"
    with pytest.raises(NotFound):
        world.xb.entity(world.xa.office.node).key(Use.AUTHORITY, now)
    done = change_directory.rotate(
        world.xa.office, "bo", Use.AUTHORITY, NEXT.public, now.plus_seconds(1), [world.xa.keys.root]
    )
    keep_directory.trust(world.xb.office, "olga", done.data, None)
    found = world.xb.entity(world.xa.office.node).key(Use.AUTHORITY, now.plus_seconds(1))
    assert found.public_bytes == NEXT.public


def test_a_revocation_is_never_taken_back_by_a_later_list(world: SmallWorld) -> None:
    provider = world.xb.entity(PROVIDER)
    revoke(world, provider.keys[0].kid, PROVIDER)
    key = world.xb.entity(PROVIDER).keys[0]
    assert key.compromised_since == world.xb.clock.now().seconds
    world.pass_days(1)
    with pytest.raises(Conflict):
        revoke(world, key.kid, PROVIDER)
    renewed = keep_directory.renew(world.xb.office, "olga", [world.xb.keys.root])
    assert renewed.value.entities[1].keys[0].compromised_since == key.compromised_since


def test_without_the_root_at_hand_a_change_is_a_draft_and_nothing_is_in_force(world: SmallWorld) -> None:
    before = world.xb.dump()
    now = world.xb.clock.now()
    kid = world.xb.entity(XB).keys[0].kid
    done = change_directory.revoke(world.xb.office, "olga", kid, now, [])
    assert done.signed is None
    assert world.xb.dump() == before
    signed = add_signature(done.data, world.xb.keys.root)
    change_directory.adopt(world.xb.office, "olga", signed.data)
    assert world.xb.entity(XB).keys[0].compromised_since == now.seconds


def new_roots(world: SmallWorld) -> bytes:
    """A list under three roots of which two sign, signed by two."""
    names = [b64u(root.public) for root in ROOTS]
    data = change_directory.propose(world.xb.office, "olga", roots=names, threshold=2)
    assert open_draft(data).missing == 2
    return add_signature(add_signature(data, ROOTS[0]).data, ROOTS[2]).data


def test_two_of_three_roots_kept_elsewhere_take_the_place_of_the_one_at_the_node(world: SmallWorld) -> None:
    data = new_roots(world)
    confirmed = fingerprint([b64u(root.public) for root in ROOTS], 2)
    with pytest.raises(NotPermitted):
        change_directory.adopt(world.xb.office, "olga", data)
    signed = change_directory.adopt(world.xb.office, "olga", data, confirmed)
    assert own_list(world).value == signed.value
    assert keep_directory.trust(world.xa.office, "bo", data, confirmed).missing == 1
    assert keep_directory.trust(world.xa.office, "sven", data, confirmed).missing == 0
    done = rotated(world)
    assert done.signed is None
    one = add_signature(done.data, ROOTS[1])
    assert one.missing == 1
    two = add_signature(one.data, ROOTS[0])
    change_directory.adopt(world.xb.office, "olga", two.data)
    assert keep_directory.trust(world.xa.office, "bo", two.data, None).missing == 0


def test_a_signed_draft_that_another_list_overtook_is_not_put_in_force(world: SmallWorld) -> None:
    data = change_directory.propose(world.xb.office, "olga")
    late = add_signature(data, world.xb.keys.root).data
    keep_directory.renew(world.xb.office, "olga", [world.xb.keys.root])
    with pytest.raises(OutOfOrder):
        change_directory.adopt(world.xb.office, "olga", late)


def test_another_states_list_is_not_adopted(world: SmallWorld) -> None:
    other = next(one for one in keep_directory.show(world.xa.office) if one.value.state == "XA")
    with pytest.raises(Malformed):
        change_directory.adopt(world.xb.office, "olga", other.data)


def test_new_roots_cannot_drop_what_the_old_ones_listed(world: SmallWorld) -> None:
    names = [b64u(root.public) for root in ROOTS]
    value = own_list(world).value
    less = keep_directory.next_list(value, value.entities[:1], world.xb.clock.now())
    data = draft(msgspec.structs.replace(less, roots=tuple(names), threshold=1))
    signed = add_signature(data, ROOTS[0]).data
    with pytest.raises(ExchangeProblem):
        change_directory.adopt(world.xb.office, "olga", signed, fingerprint(names, 1))


def test_all_directories_travel_in_one_file_and_each_proves_itself(world: SmallWorld) -> None:
    lists = keep_directory.show(world.xa.office)
    assert open_collection(format_collection(lists)) == lists
    with pytest.raises(Malformed):
        open_collection(format_collection([*lists, lists[0]]))
