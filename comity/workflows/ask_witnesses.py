"""What our witnesses last saw of our log, and their cosignatures. All are asked at once.

Only what our own log key signed counts of what they say: a witness cannot make us believe in a tree we never made.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from comity.base.errors import BadProof, ComityError, Unavailable
from comity.exchange.directory import Entity
from comity.transparency.checkpoint import Checkpoint, open_signed
from comity.transparency.cosignature import add_cosignatures
from comity.transparency.lines import read_decimal
from comity.transparency.note import SignedNote, VerifierKey, parse_note
from comity.transparency.tree import Tree
from comity.transparency.witness import AddCheckpoint, format_add_checkpoint, monitoring_path
from comity.workflows.office import Office

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Witness:
    """A node we ask, and the keys it cosigns with."""

    entity: Entity
    keys: tuple[VerifierKey, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a witness last cosigned of our log: `seen` and its note's bytes, None if nothing yet."""

    witness: Witness
    seen: Checkpoint | None
    note: bytes = b""


def _of_all(witnesses: Sequence[Witness], ask: Callable[[Witness], T]) -> list[T]:
    """The answers of those that answered; what another failed with is left to the quorum."""

    def asked(witness: Witness) -> T | None:
        try:
            return ask(witness)
        except ComityError:
            return None

    if len(witnesses) == 1:  # the usual case, and no thread for it
        answers = [asked(witnesses[0])]
    else:
        with ThreadPoolExecutor(max_workers=max(1, len(witnesses))) as pool:
            answers = list(pool.map(asked, witnesses))
    return [answer for answer in answers if answer is not None]


def ask_what_was_seen(
    office: Office, witnesses: Sequence[Witness], own_keys: Sequence[VerifierKey]
) -> tuple[Answered, ...]:
    """For each witness that answered, the last checkpoint of ours that it cosigned."""

    def ask(witness: Witness) -> Answered:
        url = f"{witness.entity.endpoint.rstrip('/')}/witness/{monitoring_path(office.origin)}"
        answer = office.courier.carry("GET", url, {}, b"")
        if answer.status == 404:
            return Answered(witness, None)
        if answer.status != 200:
            raise Unavailable(f"the witness {witness.entity.id} answered {answer.status}", hint="see its operator")
        return Answered(witness, open_signed(parse_note(answer.body), office.origin, *own_keys), answer.body)

    return tuple(_of_all(witnesses, ask))


def ask_for_cosignatures(
    office: Office, note: SignedNote, size: int, tree: Callable[[], Tree], answered: Sequence[Answered]
) -> SignedNote:
    """The note with the cosignatures that could be had. tree: reads our tree anew, in a thread of its own."""

    def ask(witness: Witness) -> SignedNote:
        seen = next((one.seen for one in answered if one.witness == witness), None)
        answer = _submit(office, note, witness.entity, seen.size if seen else 0, size, tree)
        return add_cosignatures(note, answer, witness.keys)

    for cosigned in _of_all([one.witness for one in answered], ask):
        note = note.signed_also(cosigned.signatures)
    return note


def _submit(office: Office, note: SignedNote, witness: Entity, old: int, size: int, tree: Callable[[], Tree]) -> bytes:
    """Ask from the size it knows; where it has moved on meanwhile, once more from there."""
    url = f"{witness.endpoint.rstrip('/')}/witness/add-checkpoint"
    for _ in range(2):
        path = tree().consistency(old, size)
        body = format_add_checkpoint(AddCheckpoint(old, path, note))
        answer = office.courier.carry("POST", url, {"content-type": "text/plain; charset=utf-8"}, body)
        if answer.status == 200:
            return answer.body
        if answer.status != 409:
            break
        old = _told_size(answer.body, size)
    raise Unavailable(f"the witness {witness.id} answered {answer.status}", hint="see its log; it must know ours")


def _told_size(body: bytes, size: int) -> int:
    known = read_decimal(body.decode("ascii", "replace").removesuffix("\n"), "the size that the witness tells")
    if known > size:
        raise BadProof("the witness knows a larger log than ours", hint="a backup was restored: recover, never fork")
    return known
