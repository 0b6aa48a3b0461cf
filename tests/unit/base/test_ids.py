"""Identifiers: one spelling each, and nothing else is taken."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.errors import Malformed
from comity.base.ids import (
    NodeId,
    StateCode,
    actor_id,
    check_uuid,
    end_of,
    is_exercise_state,
    made_at,
    node_id,
    state_code,
    state_of,
    uuid7,
)
from comity.base.instants import Instant

MOMENT = Instant(datetime(2026, 11, 22, 3, tzinfo=UTC))
moments = st.integers(0, 253402300799).map(Instant.from_seconds)
chances = st.binary(min_size=10, max_size=10)


def test_a_state_code_is_two_capital_letters() -> None:
    assert state_code("XA") == "XA"


@pytest.mark.parametrize("text", ["", "X", "XAB", "xa", "X1", "XA\n", "ÄÖ", "X A"])
def test_other_texts_are_no_state_code(text: str) -> None:
    with pytest.raises(Malformed):
        state_code(text)


@pytest.mark.parametrize("text", ["XA/central-authority", "XB/p", "XB/provider-1", "XA/" + "a" * 48])
def test_a_node_id_is_a_state_a_slash_and_a_name(text: str) -> None:
    assert state_of(node_id(text)) == text[:2]


@pytest.mark.parametrize(
    "text",
    ["XA", "XA/", "XA/-a", "XA/a-", "XA/Central", "xa/a", "XA/a/b", "XA/a b", "XA/a\n", "XA/../b", "XA/" + "a" * 49],
)
def test_other_texts_are_no_node_id(text: str) -> None:
    with pytest.raises(Malformed):
        node_id(text)


@pytest.mark.parametrize("text", ["duty-officer-1", "a", "j.doe_2", "a" * 64])
def test_a_person_is_named_by_a_pseudonym(text: str) -> None:
    assert actor_id(text) == text


@pytest.mark.parametrize("text", ["", "-a", "a.", "A", "a b", "a@b", "a" * 65, "a\n"])
def test_other_texts_are_no_pseudonym(text: str) -> None:
    with pytest.raises(Malformed):
        actor_id(text)


@given(st.text(max_size=60))
def test_what_is_taken_as_a_node_id_is_plain_ascii_on_one_line(text: str) -> None:
    try:
        taken = node_id(text)
    except Malformed:
        return
    assert taken.isascii()
    assert taken.isprintable()
    assert taken == NodeId(text)


@pytest.mark.parametrize("code", ["AA", "QM", "QZ", "XA", "XZ", "ZZ"])
def test_user_assigned_codes_are_for_exercises(code: str) -> None:
    assert is_exercise_state(StateCode(code))


@pytest.mark.parametrize("code", ["AB", "QA", "QL", "VN", "ZA", "WX"])
def test_codes_of_real_states_are_not(code: str) -> None:
    assert not is_exercise_state(StateCode(code))


@given(moments, chances)
def test_a_uuid7_is_canonical_and_says_its_version(at: Instant, chance: bytes) -> None:
    text = uuid7(at, chance)
    value = uuid.UUID(text)
    assert check_uuid(text) == text
    assert value.version == 7
    assert value.variant == uuid.RFC_4122
    assert value.int >> 80 == at.seconds * 1000


@given(moments, moments, chances, chances)
def test_uuid7s_sort_by_time(earlier: Instant, later: Instant, one: bytes, other: bytes) -> None:
    if earlier < later:
        assert uuid7(earlier, one) < uuid7(later, other)


@given(moments, chances)
def test_a_uuid7_says_when_it_was_made_and_ends_in_its_chance(at: Instant, chance: bytes) -> None:
    text = uuid7(at, chance)
    assert made_at(text) == at
    assert end_of(text) == chance.hex()[-8:]


@given(st.binary(max_size=20).filter(lambda chance: len(chance) != 10))
def test_a_uuid7_takes_ten_random_bytes_and_no_other_number(chance: bytes) -> None:
    with pytest.raises(Malformed):
        uuid7(MOMENT, chance)


@given(st.uuids())
def test_other_spellings_of_a_uuid_are_refused(value: uuid.UUID) -> None:
    for spelling in (value.hex, f"{{{value}}}", f"urn:uuid:{value}", f" {value}"):
        with pytest.raises(Malformed):
            check_uuid(spelling)
    if str(value) != str(value).upper():
        with pytest.raises(Malformed):
            check_uuid(str(value).upper())
