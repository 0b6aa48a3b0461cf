"""What is logged: 65 bytes that hide a step and fix it, or a public statement (docs/formats/log.md).

    step         0x01, C_stat[32], C_body[32]
    statement    0x02, JSON

    C_stat = SHA-256("comity.stat.v1", 0x00, s1[32], row)     s1 = HMAC-SHA-256(period key, 0x01, event id)
    C_body = SHA-256("comity.body.v1", 0x00, s2[32], body)    s2 = HMAC-SHA-256(case key,   0x02, event id)

Rules: the two commitments open apart, so that statistics can be audited when the body is erased: with the case key
gone, C_body is noise. A pad is a commitment like any other; only who holds the pad key can tell it from a step.
Whatever opens, and every statement, says which mode it belongs to.
"""

import re
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import asdict, astuple

from comity.base.digests import commit, keyed, same
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadProof, Malformed
from comity.base.mode import Mode
from comity.base.parsing import check_size, read_json

STEP: Final = 0x01
STATEMENT: Final = 0x02
STEP_BYTES: Final = 65
ENTRY_LIMIT: Final = 65_535
"""The longest entry a bundle of entries can carry: its length is written in 16 bits."""
BODY_LIMIT: Final = 256 * 1024
PAD: Final = b"pad"
NONE: Final = "none"
"""What a field of a row says where it does not apply."""

_STAT_TAG = b"comity.stat.v1"
_BODY_TAG = b"comity.body.v1"
_FIRST_FIELDS = 6
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}", re.ASCII)


class StatRow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the statistics: what a step counts as. No names, no days, no text.

    Each field but `mode` is a word of 1 to 48 small letters, digits, dashes or underscores; 'none' where it does not
    apply. `delay`, `secrecy` and `peer` are classes ('within-24h', 'provider'), never a duration or a node; `country`
    is the peer's State, `period` the month the step counts in. Fields are never reordered or removed; those after
    `peer` came later, and are not written while they are 'none', so that an older row keeps its bytes.
    `oversight.rows` says what each step counts as.
    """

    mode: Mode
    kind: str
    category: str
    outcome: str
    delay: str
    peer: str
    period: str = "none"
    direction: str = "none"
    country: str = "none"
    measure: str = "none"
    offence: str = "none"
    basis: str = "none"
    ground: str = "none"
    dual: str = "none"
    emergency: str = "none"
    secrecy: str = "none"
    notified: str = "none"

    def __post_init__(self) -> None:
        _, *words = astuple(self)
        if _WORDS.fullmatch("\n".join(words)):  # all at once takes a quarter of the time
            return
        for name, word in zip(self.__struct_fields__[1:], words, strict=True):
            if not _WORD.fullmatch(word):
                raise Malformed(
                    "a statistics field is one word", where=name, hint="small letters, digits, - or _; or 'none'"
                )

    def encode(self) -> bytes:
        """The row's one encoding: JSON, fields in the order of the class, later ones only where they say something."""
        values = asdict(self)
        for name in self.__struct_fields__[_FIRST_FIELDS:]:
            if values[name] == NONE:
                del values[name]
        return to_json(values)


_WORDS = re.compile(rf"{_WORD.pattern}(\n{_WORD.pattern}){{{len(StatRow.__struct_fields__) - 2}}}", re.ASCII)
"""The words of a row, a line each."""


def read_stat_row(data: bytes) -> StatRow:
    """A row from its encoding; Malformed for anything else, another spelling of the same row included."""
    row = read_json(data, StatRow, limit=1024, what="the statistics row")
    if row.encode() != data:
        raise Malformed("the statistics row is spelt another way", hint="fields in order, no spaces")
    return row


class Opening(msgspec.Struct, frozen=True, gc=False):
    """What an entry's two commitments hide, and the salts that show it."""

    stat_row: bytes
    body: bytes
    stat_salt: bytes
    body_salt: bytes


class _OpeningJson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    stat_row: str
    body: str
    stat_salt: str
    body_salt: str


def stat_salt(period_key: bytes, event_id: bytes) -> bytes:
    """The salt of C_stat. The period key, 32 bytes, outlives the case and is destroyed with the period's statistics."""
    return keyed(_key(period_key), b"\x01", event_id)


def body_salt(case_key: bytes, event_id: bytes) -> bytes:
    """The salt of C_body. To destroy the case key, 32 bytes, is to erase the body from the log."""
    return keyed(_key(case_key), b"\x02", event_id)


def _key(key: bytes) -> bytes:
    if len(key) != 32:
        raise Malformed("a salt key is 32 bytes", hint="draw it once a case or period and keep it")
    return key


def make_entry(stat_row: bytes, body: bytes, stat_salt: bytes, body_salt: bytes) -> bytes:
    """The 65 bytes of a step. Raises Malformed if a salt is not 32 bytes, TooLarge if the body is above 256 KiB."""
    check_size(body, BODY_LIMIT, "the body of a log entry")
    hidden_row = commit(_STAT_TAG, stat_salt, stat_row)
    hidden_body = commit(_BODY_TAG, body_salt, body)
    return bytes((STEP,)) + hidden_row.value + hidden_body.value


def pad_id(pad_key: bytes, index: int) -> bytes:
    """What stands for the event of a pad, by its place: an auditor can be shown that the entry there is one."""
    return keyed(_key(pad_key), b"\x03", index.to_bytes(8, "big"))


def pad_entry(pad_key: bytes, event_id: bytes) -> bytes:
    """An entry that stands for nothing, so that the log grows at the same pace whatever happens."""
    return make_entry(PAD, PAD, stat_salt(pad_key, event_id), body_salt(pad_key, event_id))


def verify_stat(entry: bytes, stat_row: bytes, stat_salt: bytes) -> None:
    """Check that the step `entry` commits to `stat_row`. Raises BadProof."""
    _verify(_STAT_TAG, _commitments(entry)[0], stat_salt, stat_row)


def verify_body(entry: bytes, body: bytes, body_salt: bytes) -> None:
    """Check that the step `entry` commits to `body`. Raises BadProof."""
    _verify(_BODY_TAG, _commitments(entry)[1], body_salt, body)


def verify_opening(entry: bytes, opening: Opening) -> None:
    """Check that the step `entry` commits to both halves of `opening`. Raises BadProof."""
    verify_stat(entry, opening.stat_row, opening.stat_salt)
    verify_body(entry, opening.body, opening.body_salt)


def _commitments(entry: bytes) -> tuple[bytes, bytes]:
    if len(entry) != STEP_BYTES or entry[0] != STEP:
        raise BadProof("this entry hides nothing that could be opened", hint="only a step, of 65 bytes, has an opening")
    return entry[1:33], entry[33:]


def _verify(tag: bytes, commitment: bytes, salt: bytes, content: bytes) -> None:
    if len(salt) != 32 or not same(commit(tag, salt, content).value, commitment):
        raise BadProof("the opening is not of this entry", hint="ask its holder for the opening again")


def opening_to_json(opening: Opening) -> bytes:
    """An opening as it travels beside a proof: JSON with base64url values."""
    values = (b64u(part) for part in (opening.stat_row, opening.body, opening.stat_salt, opening.body_salt))
    return to_json(_OpeningJson(*values))


def read_opening(data: bytes) -> Opening:
    """An opening from `opening_to_json`; TooLarge or Malformed for anything else. Says nothing of any entry yet."""
    values = read_json(data, _OpeningJson, limit=2 * BODY_LIMIT, what="the opening")
    opening = Opening(*(from_b64u(getattr(values, name)) for name in values.__struct_fields__))
    if opening_to_json(opening) != data:
        raise Malformed("the opening is spelt another way", hint="fields in order, no spaces")
    return opening


def public_statement(fields: Mapping[str, object]) -> bytes:
    """An entry that anyone may read: keys, the close of a period, statistics, a recovery.

    `fields` become JSON in their order; 'kind' says what it states and 'mode' is exercise or live. Raises Malformed;
    TooLarge above 65,535 bytes.
    """
    try:
        entry = bytes((STATEMENT,)) + to_json(dict(fields))
    except (TypeError, ValueError):
        raise Malformed("a statement's fields are text, whole numbers, lists and maps", hint="I-JSON only") from None
    read_statement(entry)
    return entry


def read_statement(entry: bytes) -> dict[str, object]:
    """The fields of a public statement. Raises TooLarge, Malformed."""
    if entry[:1] != bytes((STATEMENT,)):
        raise Malformed("this entry is no public statement", hint="a statement begins with 0x02")
    fields = read_json(entry[1:], dict[str, object], limit=ENTRY_LIMIT - 1, what="the public statement")
    kind, mode = fields.get("kind"), fields.get("mode")
    if not isinstance(kind, str) or not _WORD.fullmatch(kind) or mode not in tuple(Mode):
        raise Malformed(
            "a public statement says its kind and its mode", hint="'kind': a word; 'mode': exercise or live"
        )
    return fields
