"""Which key speaks for a log at which size, by the log's own statements; and every way those can be false."""

import pytest

from comity.base.errors import BadSignature
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.checkpoint import log_key
from comity.transparency.entry import public_statement
from comity.transparency.log_keys import ADD, RETIRE, Term, add_fields, keys_at, read_terms, retire_fields

ORIGIN = "comity.example/log"
FIRST, SECOND, THIRD, THIEF = (Ed25519Signer(bytes([n]) * 32) for n in (1, 2, 3, 4))
KEY = {one: log_key(ORIGIN, one.public) for one in (FIRST, SECOND, THIRD, THIEF)}


def statement(kind: str, fields: dict[str, object]) -> bytes:
    return public_statement({"kind": kind, "mode": "live", **fields})


def added(old: Ed25519Signer, new: Ed25519Signer) -> bytes:
    return statement(ADD, add_fields(ORIGIN, old, new))


def retired(stays: Ed25519Signer, old: Ed25519Signer) -> bytes:
    return statement(RETIRE, retire_fields(ORIGIN, stays, KEY[old]))


GOOD = [(10, added(FIRST, SECOND)), (20, retired(SECOND, FIRST)), (30, added(SECOND, THIRD))]


@pytest.mark.parametrize("trusted", [FIRST, SECOND, THIRD])
def test_whichever_key_is_trusted_the_whole_chain_is_told(trusted: Ed25519Signer) -> None:
    assert read_terms(ORIGIN, KEY[trusted], GOOD) == (
        Term(KEY[FIRST], 0, 20),
        Term(KEY[SECOND], 10),
        Term(KEY[THIRD], 30),
    )


@pytest.mark.parametrize(
    ("size", "keys"),
    [
        (0, [FIRST]),
        (1, [FIRST]),
        (10, [FIRST]),
        (11, [FIRST, SECOND]),
        (20, [FIRST, SECOND]),
        (21, [SECOND]),
        (31, [SECOND, THIRD]),
    ],
)
def test_an_old_checkpoint_is_good_under_the_keys_of_its_size(size: int, keys: list[Ed25519Signer]) -> None:
    assert keys_at(read_terms(ORIGIN, KEY[FIRST], GOOD), size) == tuple(KEY[one] for one in keys)


def test_a_log_that_says_nothing_of_its_keys_has_the_one_that_is_trusted() -> None:
    other = public_statement({"kind": "directory", "mode": "live"})
    terms = read_terms(ORIGIN, KEY[FIRST], [(0, other), (1, b"\x02not json"), (2, b"\x01" + bytes(64))])
    assert keys_at(terms, 3) == (KEY[FIRST],)


def test_a_key_that_is_none_of_the_chain_is_not_trusted() -> None:
    with pytest.raises(BadSignature, match="none of its keys"):
        read_terms(ORIGIN, KEY[THIEF], GOOD)


def test_after_the_last_key_retires_none_speaks() -> None:
    with pytest.raises(BadSignature, match="no key"):
        keys_at([Term(KEY[FIRST], 0, 5)], 6)


FALSE = {
    "by a key that is not the log's": [(10, added(FIRST, SECOND)), (20, added(THIEF, THIRD))],
    "by a retired key": [*GOOD[:2], (30, added(FIRST, THIRD))],
    "retires itself": [(10, added(FIRST, SECOND)), (20, retired(SECOND, SECOND))],
    "retires what it never had": [(10, added(FIRST, SECOND)), (20, retired(SECOND, THIEF))],
    "retires twice": [*GOOD[:2], (25, retired(SECOND, FIRST))],
    "lacks a field": [(10, statement(ADD, {"vkey": KEY[SECOND].vkey}))],
    "another log's keys": [(10, statement(ADD, add_fields("other.example/log", FIRST, SECOND)))],
    "the new key did not sign": [(10, statement(ADD, {**add_fields(ORIGIN, FIRST, SECOND), "signature": "AAAA"}))],
    "the old key did not sign": [
        (10, statement(ADD, {**add_fields(ORIGIN, FIRST, SECOND), "signature_by": "AAAA"})),
    ],
    "a signature made for another key": [
        (10, statement(ADD, {**add_fields(ORIGIN, FIRST, SECOND), "vkey": KEY[THIEF].vkey})),
    ],
}


@pytest.mark.parametrize("statements", FALSE.values(), ids=FALSE)
def test_a_false_statement_condemns_the_log(statements: list[tuple[int, bytes]]) -> None:
    with pytest.raises(BadSignature):
        read_terms(ORIGIN, KEY[FIRST], statements)
