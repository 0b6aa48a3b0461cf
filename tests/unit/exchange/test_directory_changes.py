"""Changes of a directory: shown to people one by one, with notice for a new key and for ever for a revoked one."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Conflict, Malformed, NotFound
from comity.base.instants import Instant
from comity.exchange.directory import Entity, KeyEntry, StateList, Use, check_successor
from comity.exchange.directory_changes import (
    NOTICE_DAYS,
    OVERLAP_DAYS,
    differences,
    with_new_key,
    with_revoked,
)
from comity.exchange.problems import ExchangeProblem
from tests.simulators.messages import NOW, state_list

OLD = state_list()
ENTITY = OLD.entities[0]
AUTHORITY = next(key for key in ENTITY.keys if key.use is Use.AUTHORITY)


def new_key(days: int = NOTICE_DAYS, kid: str = "a-new-key") -> KeyEntry:
    start = NOW.plus_days(days)
    return msgspec.structs.replace(
        AUTHORITY, kid=kid, not_before=start.seconds, not_after=start.plus_days(365).seconds, rights=()
    )


def listed(entity: Entity) -> StateList:
    return state_list(sequence=OLD.sequence + 1, entities=(entity, *OLD.entities[1:]))


def test_a_list_does_not_differ_from_itself() -> None:
    assert differences(OLD, OLD) == ()


def test_each_change_of_an_entity_is_named_with_how_it_was_and_is() -> None:
    moved = msgspec.structs.replace(ENTITY, endpoint="https://elsewhere.example", telephone="+999 1")
    new = state_list(sequence=OLD.sequence + 1, entities=(moved,))
    found = {(one.entity, one.what): (one.before, one.after) for one in differences(OLD, new)}
    assert found[ENTITY.id, "endpoint"] == (ENTITY.endpoint, "https://elsewhere.example")
    assert found[ENTITY.id, "telephone"] == (ENTITY.telephone, "+999 1")
    gone = OLD.entities[1:]
    assert {(one.id, "no longer listed") for one in gone} <= found.keys()


def test_other_roots_and_another_threshold_are_told_first() -> None:
    new = msgspec.structs.replace(OLD, roots=OLD.roots[1:], threshold=1)
    told = [one.what for one in differences(OLD, new)]
    assert told[-1] == "root removed"
    assert set(told) <= {"threshold", "root removed"}


def test_a_new_key_overlaps_with_the_one_before_it_which_then_ends() -> None:
    key = new_key()
    after = with_new_key(ENTITY, key, NOW)
    check_successor(OLD, listed(after))
    old = next(one for one in after.keys if one.kid == AUTHORITY.kid)
    ends = Instant.from_seconds(key.not_before).plus_days(OVERLAP_DAYS).seconds
    assert old.not_after == min(AUTHORITY.not_after, ends)
    start = Instant.from_seconds(key.not_before)
    assert after.find(Use.AUTHORITY, AUTHORITY.kid, start) == old
    assert after.find(Use.AUTHORITY, key.kid, start) == key
    others = [one for one in ENTITY.keys if one.use is not Use.AUTHORITY]
    assert [one for one in after.keys if one.use is not Use.AUTHORITY] == others


def test_a_key_is_not_used_before_its_notice_is_over() -> None:
    with pytest.raises(Malformed):
        with_new_key(ENTITY, new_key(NOTICE_DAYS - 1), NOW)
    with pytest.raises(Conflict):
        with_new_key(ENTITY, new_key(kid=AUTHORITY.kid), NOW)


def test_where_every_key_of_the_use_is_revoked_the_next_one_does_not_wait() -> None:
    robbed = with_revoked(ENTITY, AUTHORITY.kid, NOW, NOW)
    assert with_new_key(robbed, new_key(0), NOW).key(Use.AUTHORITY, NOW.plus_seconds(1)).kid == "a-new-key"


def test_a_revoked_key_holds_up_no_other_though_the_clock_was_set_back_since() -> None:
    robbed = with_revoked(ENTITY, AUTHORITY.kid, NOW, NOW)
    before = NOW.plus_seconds(-30)
    assert next(one for one in robbed.keys if one.kid == AUTHORITY.kid).is_valid(before)
    key = msgspec.structs.replace(new_key(0), not_before=before.seconds)
    assert key in with_new_key(robbed, key, before).keys


@given(st.integers(0, 300), st.integers(0, 400))
def test_a_revoked_key_is_believed_before_the_moment_and_never_after(before: int, later: int) -> None:
    now = Instant.from_seconds(AUTHORITY.not_before).plus_days(301)
    since = now.plus_days(-before)
    after = with_revoked(ENTITY, AUTHORITY.kid, since, now)
    key = next(one for one in after.keys if one.kid == AUTHORITY.kid)
    assert key.compromised_since == since.seconds
    assert not key.is_valid(since.plus_days(later))
    if since.seconds > AUTHORITY.not_before:
        assert key.is_valid(since.plus_seconds(-1)) == AUTHORITY.is_valid(since.plus_seconds(-1))
    check_successor(OLD, listed(after))


def test_a_revocation_can_be_moved_back_in_time_and_never_forward() -> None:
    first = with_revoked(ENTITY, AUTHORITY.kid, NOW.plus_seconds(-100), NOW)
    earlier = with_revoked(first, AUTHORITY.kid, NOW.plus_seconds(-500), NOW)
    assert {one.compromised_since for one in earlier.keys if one.kid == AUTHORITY.kid} == {NOW.seconds - 500}
    with pytest.raises(Conflict):
        with_revoked(earlier, AUTHORITY.kid, NOW.plus_seconds(-100), NOW)
    with pytest.raises(NotFound):
        with_revoked(ENTITY, "no such key", NOW, NOW)
    with pytest.raises(Malformed):
        with_revoked(ENTITY, AUTHORITY.kid, NOW.plus_seconds(1), NOW)


def test_what_is_told_of_a_key_names_its_use_and_its_id() -> None:
    after = with_revoked(with_new_key(ENTITY, new_key(), NOW), AUTHORITY.kid, NOW, NOW)
    told = [one.what for one in differences(OLD, listed(after))]
    assert "new authority key" in told
    assert f"authority key {AUTHORITY.kid}: revoked" in told
    assert f"authority key {AUTHORITY.kid}: dates" in told


def test_a_list_that_lost_a_key_says_so_and_is_refused() -> None:
    less = msgspec.structs.replace(ENTITY, keys=ENTITY.keys[1:])
    new = listed(less)
    assert f"{ENTITY.keys[0].use} key gone" in [one.what for one in differences(OLD, new)]
    with pytest.raises(ExchangeProblem):
        check_successor(OLD, new)
