"""Entries hide and fix; each half opens alone; a statement says its kind and mode."""

import hashlib
import hmac

import msgspec
import pytest

from comity.base.errors import BadProof, Malformed, TooLarge
from comity.base.mode import Mode
from comity.transparency.entry import (
    BODY_LIMIT,
    ENTRY_LIMIT,
    Opening,
    StatRow,
    body_salt,
    make_entry,
    opening_to_json,
    pad_entry,
    pad_id,
    public_statement,
    read_opening,
    read_stat_row,
    read_statement,
    stat_salt,
    verify_body,
    verify_opening,
    verify_stat,
)

ROW = StatRow(Mode.EXERCISE, "preservation", "subscriber", "sent", "none", "authority")
PERIOD_KEY, CASE_KEY, EVENT = b"p" * 32, b"c" * 32, b"event-1"
OPENING = Opening(ROW.encode(), b"the body", stat_salt(PERIOD_KEY, EVENT), body_salt(CASE_KEY, EVENT))
ENTRY = make_entry(OPENING.stat_row, OPENING.body, OPENING.stat_salt, OPENING.body_salt)


def test_an_entry_is_a_tag_and_two_salted_hashes() -> None:
    """The definition, written out with hashlib alone."""
    s1 = hmac.new(PERIOD_KEY, b"\x01event-1", hashlib.sha256).digest()
    s2 = hmac.new(CASE_KEY, b"\x02event-1", hashlib.sha256).digest()
    row = (
        b'{"mode":"exercise","kind":"preservation","category":"subscriber",'
        b'"outcome":"sent","delay":"none","peer":"authority"}'
    )
    hidden_row = hashlib.sha256(b"comity.stat.v1\x00" + s1 + row).digest()
    hidden_body = hashlib.sha256(b"comity.body.v1\x00" + s2 + b"the body").digest()
    assert b"\x01" + hidden_row + hidden_body == ENTRY
    assert len(ENTRY) == 65


def test_an_opening_opens_its_entry_and_no_other() -> None:
    verify_opening(ENTRY, OPENING)
    other = make_entry(ROW.encode(), b"the body", OPENING.stat_salt, body_salt(CASE_KEY, b"event-2"))
    with pytest.raises(BadProof):
        verify_opening(other, OPENING)


@pytest.mark.parametrize("part", ["stat_row", "body", "stat_salt", "body_salt"])
def test_a_changed_part_of_an_opening_never_verifies(part: str) -> None:
    for changed in (getattr(OPENING, part) + b"x", b"\x00" * 32):
        values = {name: getattr(OPENING, name) for name in ("stat_row", "body", "stat_salt", "body_salt")}
        with pytest.raises(BadProof):
            verify_opening(ENTRY, Opening(**{**values, part: changed}))


def test_each_half_opens_without_the_other() -> None:
    verify_stat(ENTRY, OPENING.stat_row, OPENING.stat_salt)
    verify_body(ENTRY, OPENING.body, OPENING.body_salt)
    with pytest.raises(BadProof):
        verify_stat(ENTRY, OPENING.body, OPENING.body_salt)


def test_the_two_salts_of_one_event_differ_even_under_one_key() -> None:
    assert stat_salt(CASE_KEY, EVENT) != body_salt(CASE_KEY, EVENT)


def test_a_salt_key_is_32_bytes() -> None:
    with pytest.raises(Malformed):
        stat_salt(b"short", EVENT)
    with pytest.raises(Malformed):
        body_salt(b"", EVENT)


def test_a_body_above_the_limit_is_refused() -> None:
    with pytest.raises(TooLarge):
        make_entry(ROW.encode(), bytes(BODY_LIMIT + 1), OPENING.stat_salt, OPENING.body_salt)
    largest = Opening(ROW.encode(), bytes(BODY_LIMIT), OPENING.stat_salt, OPENING.body_salt)
    assert read_opening(opening_to_json(largest)) == largest


def test_a_pad_looks_like_a_step_and_opens_as_a_pad() -> None:
    pad = pad_entry(PERIOD_KEY, EVENT)
    assert (len(pad), pad[0]) == (65, 0x01)
    verify_opening(pad, Opening(b"pad", b"pad", stat_salt(PERIOD_KEY, EVENT), body_salt(PERIOD_KEY, EVENT)))


def test_a_pad_follows_from_its_key_and_place_alone() -> None:
    assert pad_id(PERIOD_KEY, 7) == pad_id(PERIOD_KEY, 7)
    assert len({pad_id(PERIOD_KEY, 7), pad_id(PERIOD_KEY, 8), pad_id(CASE_KEY, 7)}) == 3


def test_a_row_that_was_written_before_a_field_existed_keeps_its_bytes() -> None:
    old = b'{"mode":"exercise","kind":"sent","category":"preservation","outcome":"none","delay":"none","peer":"state"}'
    row = read_stat_row(old)
    assert row.encode() == old
    assert (row.period, row.country, row.notified) == ("none", "none", "none")
    new = msgspec.structs.replace(row, country="xb").encode()
    assert new == old[:-1] + b',"country":"xb"}'
    with pytest.raises(Malformed, match="another way"):
        read_stat_row(old[:-1] + b',"country":"none"}')


def test_what_is_no_step_has_nothing_to_open() -> None:
    for entry in (b"", ENTRY[:-1], b"\x02" + ENTRY[1:], ENTRY + b"\x00"):
        with pytest.raises(BadProof):
            verify_opening(entry, OPENING)


def test_a_row_has_one_encoding_and_says_its_mode() -> None:
    assert read_stat_row(ROW.encode()) == ROW
    assert read_stat_row(ROW.encode()).mode is Mode.EXERCISE
    for spelling in (
        msgspec.json.format(ROW.encode()),
        msgspec.json.encode(msgspec.to_builtins(ROW), order="sorted"),
        ROW.encode().replace(b"exercise", b"earnest"),
        ROW.encode()[:-1] + b',"name":"x"}',
        b"pad",
    ):
        with pytest.raises(Malformed):
            read_stat_row(spelling)


@pytest.mark.parametrize("name", StatRow.__struct_fields__[1:])
def test_the_field_of_a_row_that_is_no_single_word_is_named(name: str) -> None:
    for word in ("", "a\nb", "a\n", "\na", "A"):
        with pytest.raises(Malformed) as refused:
            msgspec.structs.replace(ROW, **{name: word})
        assert refused.value.where == name


@pytest.mark.parametrize("word", ["", "Two", "two words", "-x", "x" * 49, "é", "x\n"])
def test_a_row_holds_single_words(word: str) -> None:
    with pytest.raises(Malformed):
        StatRow(Mode.LIVE, "preservation", "none", word, "none", "none")
    with pytest.raises(Malformed):
        read_stat_row(ROW.encode().replace(b'"sent"', msgspec.json.encode(word)))


def test_an_opening_is_read_back_from_its_one_spelling() -> None:
    data = opening_to_json(OPENING)
    assert read_opening(data) == OPENING
    for spelling in (data + b" ", data.replace(b":", b": "), data[:-1], b"{}", b"[]"):
        with pytest.raises(Malformed):
            read_opening(spelling)


def test_a_public_statement_is_json_anyone_reads() -> None:
    fields = {"kind": "key-add", "mode": "exercise", "vkey": "a+b+c", "from_size": 256, "also": ["x"]}
    entry = public_statement(fields)
    assert entry.startswith(b'\x02{"kind":"key-add","mode":"exercise"')
    assert read_statement(entry) == fields


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "key-add"},
        {"mode": "live"},
        {"kind": "Key add", "mode": "live"},
        {"kind": "key-add", "mode": "earnest"},
        {"kind": "key-add", "mode": "live", "share": 0.5},
        {"kind": "key-add", "mode": "live", "what": object()},
    ],
)
def test_a_statement_without_kind_or_mode_or_beyond_i_json_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(Malformed):
        public_statement(fields)


def test_a_statement_fits_a_bundle_of_entries() -> None:
    empty = len(public_statement({"kind": "note", "mode": "live", "text": ""}))
    text = "x" * (ENTRY_LIMIT - empty)
    assert len(public_statement({"kind": "note", "mode": "live", "text": text})) == ENTRY_LIMIT
    with pytest.raises(TooLarge):
        public_statement({"kind": "note", "mode": "live", "text": text + "x"})


def test_a_step_is_no_statement() -> None:
    for entry in (ENTRY, b"", b'\x02{"kind":"a","kind":"a","mode":"live"}', b"\x02[]"):
        with pytest.raises(Malformed):
            read_statement(entry)
