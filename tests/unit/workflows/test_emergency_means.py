"""What a State's list says of emergencies: its number, its right, its central authority, and whose approvals count."""

import pytest

from comity.base.encoding import b64u
from comity.base.errors import Conflict, NotFound, NotPermitted
from comity.exchange.directory import Use
from comity.workflows import change_directory
from comity.workflows.emergency_means import with_approver, with_means
from tests.simulators.authenticator import first_operator, joined
from tests.simulators.world import XA, SmallWorld, new_world


@pytest.fixture
def world() -> SmallWorld:
    return new_world()


def test_a_node_is_listed_with_its_means_and_its_keys_stay_as_they_are(world: SmallWorld) -> None:
    before = world.xa.entity(XA)
    means = with_means(telephone=" +999 1 555 0100 ", central=True, may_claim=True)
    done = change_directory.amend(world.xa.office, "bo", [world.xa.keys.root], means)
    after = world.xa.entity(XA)
    assert done.signed is not None
    assert (after.telephone, after.central) == ("+999 1 555 0100", True)
    assert {key.use: key.rights for key in after.keys if key.rights} == {Use.AUTHORITY: ("emergency",)}
    assert [(key.kid, key.public, key.not_after) for key in after.keys] == [
        (key.kid, key.public, key.not_after) for key in before.keys
    ]
    again = change_directory.amend(world.xa.office, "bo", [world.xa.keys.root], with_means(may_claim=False))
    assert again.value.sequence == done.value.sequence + 1
    assert not any(key.rights for key in world.xa.entity(XA).keys)
    assert world.xa.entity(XA).telephone == "+999 1 555 0100"


def test_an_approver_s_passkeys_are_listed_once_each_beside_the_others(world: SmallWorld) -> None:
    first_operator(world.xa.office)
    keys = [joined(world.xa.office, name, "reviewer") for name in ("ada", "eve")]
    for name in ("ada", "eve", "ada"):
        change = with_approver(world.xa.office, name)
        change_directory.amend(world.xa.office, "bo", [world.xa.keys.root], change)
    listed = [key for key in world.xa.entity(XA).keys if key.use is Use.APPROVER]
    assert [key.kid for key in listed] == [b64u(one.held[-1].id) for one in keys]
    assert all(key.is_valid(world.xa.clock.now()) for key in listed)


def test_an_approver_is_listed_for_longer_by_the_same_words_and_never_again_once_revoked(world: SmallWorld) -> None:
    first_operator(world.xa.office)
    joined(world.xa.office, "ada", "reviewer")
    root = [world.xa.keys.root]
    change_directory.amend(world.xa.office, "bo", root, with_approver(world.xa.office, "ada"))
    before = next(key for key in world.xa.entity(XA).keys if key.use is Use.APPROVER)
    world.pass_days(20)
    change_directory.amend(world.xa.office, "bo", root, with_approver(world.xa.office, "ada"))
    (after,) = (key for key in world.xa.entity(XA).keys if key.use is Use.APPROVER)
    assert (after.kid, after.public, after.not_before) == (before.kid, before.public, before.not_before)
    assert after.not_after == before.not_after + 20 * 86400
    change_directory.revoke(world.xa.office, "bo", after.kid, world.xa.clock.now(), root)
    with pytest.raises(Conflict, match="were revoked"):
        change_directory.amend(world.xa.office, "bo", root, with_approver(world.xa.office, "ada"))


def test_only_an_operator_changes_the_list_and_only_who_has_a_passkey_is_listed(world: SmallWorld) -> None:
    with pytest.raises(NotPermitted):
        change_directory.amend(world.xa.office, "anna", [world.xa.keys.root], with_means(may_claim=True))
    with pytest.raises(NotFound, match="no passkey"):
        with_approver(world.xa.office, "rose")
