"""Which keys speak for a log at which size: told by public statements in the log itself.

    key-add       the new key, signed for by an old one and by itself
    key-retire    a key that signs no more, by one that goes on

    "comity.log.key-add/v1" LF origin LF old vkey LF new vkey LF          signed by both
    "comity.log.key-retire/v1" LF origin LF vkey that goes on LF retired vkey LF

Rules: a checkpoint of n entries is good under the keys added and not retired by statements among those n. Each key-add
is signed by both keys, so who trusts any one key of the chain can check all of it, in both directions. A statement that
does not verify condemns the log that carries it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from comity.base.encoding import b64, from_b64
from comity.base.errors import BadSignature, ComityError, Malformed
from comity.crypto.signatures import Signer, verify_ed25519
from comity.transparency.checkpoint import log_key
from comity.transparency.entry import STATEMENT, read_statement
from comity.transparency.note import VerifierKey, parse_vkey
from comity.transparency.signature_kinds import Kind

ADD: Final = "key-add"
RETIRE: Final = "key-retire"


@dataclass(frozen=True, slots=True)
class Term:
    """A key, and the sizes it speaks for: above `since`, up to and with `until` (None: still)."""

    key: VerifierKey
    since: int
    until: int | None = None

    def covers(self, size: int) -> bool:
        return (size > self.since or self.since == 0) and (self.until is None or size <= self.until)


def _message(kind: str, origin: str, first: VerifierKey, second: VerifierKey) -> bytes:
    return f"comity.log.{kind}/v1\n{origin}\n{first.vkey}\n{second.vkey}\n".encode()


def add_fields(origin: str, old: Signer, new: Signer) -> dict[str, object]:
    """The fields of a key-add statement, besides kind and mode."""
    before, after = log_key(origin, old.public), log_key(origin, new.public)
    message = _message(ADD, origin, before, after)
    return {
        "vkey": after.vkey,
        "by": before.vkey,
        "signature_by": b64(old.sign(message)),
        "signature": b64(new.sign(message)),
    }


def retire_fields(origin: str, stays: Signer, retired: VerifierKey) -> dict[str, object]:
    """The fields of a key-retire statement, besides kind and mode."""
    by = log_key(origin, stays.public)
    return {"vkey": retired.vkey, "by": by.vkey, "signature_by": b64(stays.sign(_message(RETIRE, origin, by, retired)))}


def read_terms(origin: str, trusted: VerifierKey, statements: Iterable[tuple[int, bytes]]) -> tuple[Term, ...]:
    """The keys of the log `origin` by its public statements, (index, entry) in order; others are passed over.

    Raises BadSignature if a statement was not signed by a key that could, or `trusted` is none of the log's keys.
    """
    terms = told_terms(origin, statements)
    if not terms:
        return (Term(trusted, 0),)
    if trusted not in [term.key for term in terms]:
        raise BadSignature("the key trusted for this log is none of its keys", hint="check the key and the log")
    return terms


def told_terms(origin: str, statements: Iterable[tuple[int, bytes]]) -> tuple[Term, ...]:
    """As `read_terms`, but only what the statements say: nothing where there are none, and whether a key that somebody
    trusts is among them is for the caller to see."""
    terms: list[Term] = []
    for index, entry in statements:
        fields = _of_keys(entry)
        if fields is None:
            continue
        try:
            _enter(origin, terms, index, fields)
        except (Malformed, KeyError, TypeError, ValueError):
            raise _condemned(index, "does not parse") from None
    return tuple(terms)


def changes_keys(entry: bytes) -> bool:
    """Whether an entry is a statement about the log's keys; says nothing of whether it holds."""
    return _of_keys(entry) is not None


def _of_keys(entry: bytes) -> dict[str, object] | None:
    if entry[:1] != bytes((STATEMENT,)):
        return None
    try:
        fields = read_statement(entry)
    except ComityError:
        return None
    return fields if fields["kind"] in (ADD, RETIRE) else None


def _enter(origin: str, terms: list[Term], index: int, fields: dict[str, object]) -> None:
    by, key = _key(origin, fields["by"]), _key(origin, fields["vkey"])
    message = _message(str(fields["kind"]), origin, by, key)
    if not terms:
        terms.append(Term(by, 0))
    if not any(term.key == by and term.until is None for term in terms):
        raise _condemned(index, "is signed by a key that could not")
    verify_ed25519(by.public, message, from_b64(str(fields["signature_by"])))
    if fields["kind"] == ADD:
        verify_ed25519(key.public, message, from_b64(str(fields["signature"])))
        terms.append(Term(key, index))
        return
    at = next((n for n, term in enumerate(terms) if term.key == key and term.until is None), None)
    if at is None or key == by:
        raise _condemned(index, "retires a key that could not be retired")
    terms[at] = replace(terms[at], until=index)


def _key(origin: str, text: object) -> VerifierKey:
    key = parse_vkey(str(text))
    if key.name != origin or key.kind is not Kind.ED25519:
        raise Malformed("not an Ed25519 key of this log", hint="its name is the origin, its type 0x01")
    return key


def _condemned(index: int, what: str) -> BadSignature:
    return BadSignature(
        f"the log's statement about its keys at {index} {what}", hint="keep a copy of the log and tell its witnesses"
    )


def keys_at(terms: Sequence[Term], size: int) -> tuple[VerifierKey, ...]:
    """The keys that speak for the tree of `size` entries. Raises BadSignature if there is none."""
    found = tuple(term.key for term in terms if term.covers(size))
    if not found:
        raise BadSignature(f"no key of this log speaks for its size {size}", hint="check the log's statements")
    return found
