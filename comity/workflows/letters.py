"""A request as a printed letter: the code by which anybody who holds the paper can ask whether it is genuine.

The code is 128 bits, made from the case's own key in the log, so that the same letter always bears the same code and
nobody can guess one; only its digest is kept. With the case's key the code is gone for good. What the answer says is
fixed when the letter is first printed: States, kind, mode, the moment, and where in the log it stands; no content.

    code = HMAC-SHA-256(case key, 0x03, head of the event)[:16], in Crockford's base 32: 26 characters, in fours
"""

from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest, keyed
from comity.base.errors import Malformed, NotFound, OutOfOrder
from comity.base.ids import NodeId, state_of
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cases import events as e
from comity.cases.case import Case, Position
from comity.transparency.entry import BODY_LIMIT
from comity.workflows.office import Office
from comity.workflows.reading_stores import Letter
from comity.workflows.record import LogBody, load
from comity.workflows.record_access import record_access
from comity.workflows.sequence_log import published
from comity.workflows.stores import Transaction

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIKE: Final = str.maketrans("OIL", "011")
_CODE_BYTES: Final = 16
_CODE_CHARACTERS: Final = 26
_SENT: Final = (e.Sent, e.InformationGiven, e.Received, e.OrderReceived)
"""The events in which a request is signed or comes: a letter is of the last of them."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What a letter bears: its code as it is printed, and what it leads to."""

    code: str
    letter: Letter


@dataclass(frozen=True, slots=True)
class Told:
    """What anybody is told of a letter or a document: where it is in the log and the least that says what it is.
    `in_log`: a published checkpoint holds the entry. `stood_at`: the place it had until the log was recovered from a
    backup, which the paper or the document may name; None where it never moved."""

    index: int
    in_log: bool
    at: Instant
    requesting: str
    requested: str
    kind: str
    mode: str
    stood_at: int | None = None


def print_letter(office: Office, person: str, case_id: str, page: str) -> Printed:
    """The letter's code, made at the first printing. Raises OutOfOrder for a request that was not sent yet."""
    now = office.clock.now().seconds
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        stored = tx.cases.events(case_id)
        number, at = _last_sent([e.read(data) for data, _ in stored])
        leaf = next((one for one in tx.log.of_case(case_id) if one.event == number), None)
        code = _code(tx, case_id, stored[number - 1][1])
        if leaf is None:
            raise _erased()
        requesting, requested = _states(office, case)
        letter = Letter(
            code_sha256=Digest.of(code),
            case_id=case_id,
            event=number,
            index=leaf.index,
            at=at,
            requesting=requesting,
            requested=requested,
            kind=case.procedure,
            mode=case.mode,
            printed=now,
            by=person,
        )
        tx.letters.add(letter)
        record_access(office, tx, person, "printed", case_id, page)
    return Printed(write_code(code), letter)


def code_of(office: Office, case_id: str) -> str:
    """The code that the case's letter bears, as it is printed; it is good once the letter was. Raises OutOfOrder."""
    with office.store.transaction() as tx:
        stored = tx.cases.events(case_id)
        number, _ = _last_sent([e.read(data) for data, _ in stored])
        return write_code(_code(tx, case_id, stored[number - 1][1]))


def _code(tx: Transaction, case_id: str, head: Digest) -> bytes:
    key = tx.log.key(f"case:{case_id}")
    if key is None:
        raise _erased()
    return keyed(key, b"\x03", head.value)[:_CODE_BYTES]


def _erased() -> NotFound:
    return NotFound("the case was erased from the log: it bears no code any more", hint="print its page instead")


def _last_sent(happened: list[e.Event]) -> tuple[int, int]:
    """Number and moment of the event in which the request, as it stands, was signed or came."""
    numbers = [number for number, event in enumerate(happened, 1) if isinstance(event, _SENT)]
    if not numbers:
        raise OutOfOrder("the request was not sent yet", hint="a letter is printed of what was signed")
    return numbers[-1], happened[numbers[-1] - 1].at


def _states(office: Office, case: Case) -> tuple[str, str]:
    """Who asks and who is asked; an order is within one State, and names the two nodes' States."""
    ours, theirs = str(office.state), str(state_of(NodeId(case.peer)))
    return (ours, theirs) if case.position is Position.REQUESTING else (theirs, ours)


def find_letter(office: Office, text: str) -> Told | None:
    """What a code leads to; None where no letter of this node bears it. Raises Malformed for what is no code."""
    digest = Digest.of(read_code(text))
    with office.store.transaction() as tx:
        found = tx.letters.find(digest)
        before = _stood_at(tx, found.index) if found else None
    if found is None:
        return None
    return Told(
        found.index,
        _is_published(office, found.index),
        Instant.from_seconds(found.at),
        found.requesting,
        found.requested,
        found.kind,
        found.mode,
        before,
    )


def find_document(office: Office, sha256: Digest) -> Told | None:
    """What the log of this node says of a signed document with this digest; None where it fixes none."""
    with office.store.snapshot() as tx:
        step = tx.log_search.of_document(sha256)
        case = load(tx, step.case_id) if step is not None and step.case_id else None
        before = _stood_at(tx, step.index) if step else None
    if step is None or case is None:
        return None
    body = read_json(step.body, LogBody, limit=BODY_LIMIT, what="a log entry")
    requesting, requested = _states(office, case)
    at = Instant.from_seconds(body.at)
    is_in = _is_published(office, step.index)
    return Told(step.index, is_in, at, requesting, requested, case.procedure, case.mode, before)


def _stood_at(tx: Transaction, index: int) -> int | None:
    """Where the entry stood first, if it ever moved."""
    moves = (one for one in tx.log.moves() if one.first <= index < one.first + one.count)
    return min((one.was + index - one.first for one in moves), default=None)


def _is_published(office: Office, index: int) -> bool:
    standing = published(office)
    return standing is not None and index < standing.size


def write_code(code: bytes) -> str:
    """16 bytes as they are printed: `7K3Q-9F00-...`, 26 characters of Crockford's base 32 in groups of four."""
    value = int.from_bytes(code, "big")
    text = "".join(_ALPHABET[value >> shift & 31] for shift in range(5 * (_CODE_CHARACTERS - 1), -1, -5))
    return "-".join(text[start : start + 4] for start in range(0, _CODE_CHARACTERS, 4))


def read_code(text: str) -> bytes:
    """The 16 bytes of a code as people type it: capitals or not, with or without dashes; O is 0, I and L are 1."""
    plain = "".join(text.split()).replace("-", "").upper().translate(_LIKE)
    if len(plain) != _CODE_CHARACTERS or any(one not in _ALPHABET for one in plain):
        raise Malformed(
            "this is no check code", where="code", hint="26 letters and figures, as they are printed on the letter"
        )
    value = 0
    for one in plain:
        value = value << 5 | _ALPHABET.index(one)
    if value >> (8 * _CODE_BYTES):
        raise Malformed("this is no check code", where="code", hint="look at its first letter again")
    return value.to_bytes(_CODE_BYTES, "big")
