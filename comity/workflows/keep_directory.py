"""Directories: our own State's list, and whose lists we trust. Every change is a public statement in our log.

A list is trusted only when two people have compared its roots' fingerprint out of band and each says so here; a later
list by the same roots follows it without a new ceremony. Trust on first use does not exist.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u
from comity.base.errors import Conflict, Malformed, NotFound, NotPermitted
from comity.base.ids import NodeId, state_of
from comity.base.instants import Instant
from comity.crypto import age
from comity.crypto.signatures import Signer
from comity.exchange.directory import (
    LONGEST_LIFE_DAYS,
    MLDSA44,
    Entity,
    KeyEntry,
    SignedList,
    StateList,
    Use,
    check_successor,
    open_card,
    sign_card,
    sign_list,
)
from comity.exchange.look_alikes import LookAlike
from comity.exchange.message import Role
from comity.exchange.problems import ExchangeProblem
from comity.workflows.access import permit
from comity.workflows.doubts import NOTHING, STALE, Looked, doubt_revoked, look_ahead
from comity.workflows.office import Office, open_once
from comity.workflows.peer_stores import DirectorySeen
from comity.workflows.ports import KeyRing
from comity.workflows.record import state_publicly
from comity.workflows.sound_alarm import sound_also
from comity.workflows.stores import Transaction
from comity.workflows.watch_names import watch_names

KEY_DAYS: Final = 365
FORK: Final = "directory-fork"
"""The alarm for two lists of one number: it stands until a person says what came of it."""
TRUSTERS: Final = 2
"""How many people must each have compared the fingerprint of roots that are new here."""
_SIGNING: Final = (Use.TRANSPORT, Use.AUTHORITY, Use.RECEIPT, Use.LOG, Use.WITNESS)


def describe(keys: KeyRing, *, node: NodeId, role: Role, name: str, endpoint: str, origin: str, now: Instant) -> Entity:
    """A node and its public keys, good from now for a year."""
    found = [_entry(use, keys.signer(use).kid, b64u(keys.signer(use).public), now) for use in _SIGNING]
    opener = keys.opener()
    recipient = age.recipient_of(keys.identity())
    found.append(_entry(Use.ENCRYPTION, opener.kid, b64u(opener.public), now))
    found.append(_entry(Use.EVIDENCE, age.recipient_id(recipient), recipient, now))
    for use in MLDSA44:
        with suppress(NotFound):  # a node made before there were such keys
            found.append(_entry(use, keys.mldsa(use).kid, b64u(keys.mldsa(use).public), now))
    return Entity(id=node, role=role, name=name, endpoint=endpoint, origin=origin, keys=tuple(found))


def _entry(use: Use, kid: str, public: str, now: Instant) -> KeyEntry:
    return KeyEntry(use=use, kid=kid, public=public, not_before=now.seconds, not_after=now.plus_days(KEY_DAYS).seconds)


def card(entity: Entity, keys: KeyRing) -> bytes:
    """A node's own statement of its keys, for the State that will list it."""
    return sign_card(entity, keys.signer(Use.AUTHORITY))


def found_list(office: Office, entity: Entity, roots: Sequence[Signer]) -> SignedList:
    """The first list of our own State, holding ourselves; trusted here because the roots are ours."""
    now = office.clock.now()
    value = StateList(
        v=1,
        state=office.state,
        mode=office.mode,
        sequence=1,
        issued=now.seconds,
        next_update=now.plus_days(LONGEST_LIFE_DAYS).seconds,
        roots=tuple(b64u(root.public) for root in roots),
        threshold=len(roots),
        entities=(entity,),
    )
    signed = sign_list(value, roots)
    with office.store.transaction() as tx:
        if tx.directory.get(office.state) is not None:
            raise Conflict("this node has a directory already", hint="see: comity directory show")
        put(office, tx, signed, by="founder")
    return signed


def enrol(office: Office, person: str, data: bytes, confirmed: str, roots: Sequence[Signer]) -> SignedList:
    """List a node of our own State by its card, and sign the list anew.

    confirmed: the id of its authority key, read out by its owner: the card proves only that its maker holds the keys.
    """
    permit(office, person, "keep the directory")
    entity = checked_card(office, data, confirmed)
    with office.store.transaction() as tx:
        old = own_list(office, tx)
        return _issue(office, tx, person, old, with_enrolled(old, entity), roots)


def checked_card(office: Office, data: bytes, confirmed: str) -> Entity:
    """What a card says, where it may be listed here. Raises NotPermitted, Malformed."""
    entity = open_card(data)
    authority_kid = next(key.kid for key in entity.keys if key.use is Use.AUTHORITY)
    if confirmed != authority_kid:
        raise NotPermitted("the key that was confirmed is not the card's", hint="compare it with its owner again")
    if state_of(NodeId(entity.id)) != office.state:
        raise Malformed(f"{entity.id} is not of this State", hint="a State lists only its own nodes")
    if entity.role is Role.AUTHORITY:
        raise NotPermitted("an authority is not enrolled by a card", hint="this version has one authority a State")
    return entity


def with_enrolled(old: StateList, entity: Entity) -> tuple[Entity, ...]:
    """The list's nodes with this one, in place of what it said of it before."""
    return (*(one for one in old.entities if one.id != entity.id), entity)


def renew(office: Office, person: str, roots: Sequence[Signer]) -> SignedList:
    """Sign our own State's list anew, as it stands, for another term: peers stop taking one that has ended."""
    permit(office, person, "keep the directory")
    with office.store.transaction() as tx:
        old = own_list(office, tx)
        return _issue(office, tx, person, old, old.entities, roots)


def _issue(
    office: Office,
    tx: Transaction,
    person: str,
    old: StateList,
    entities: tuple[Entity, ...],
    roots: Sequence[Signer],
) -> SignedList:
    new = next_list(old, entities, office.clock.now())
    check_successor(old, new)
    signed = sign_list(new, roots)
    put(office, tx, signed, by=person)
    return signed


def next_list(old: StateList, entities: tuple[Entity, ...], now: Instant) -> StateList:
    """The list after `old`, for another term."""
    return msgspec.structs.replace(
        old,
        sequence=old.sequence + 1,
        issued=now.seconds,
        next_update=now.plus_days(LONGEST_LIFE_DAYS).seconds,
        entities=entities,
    )


def own_list(office: Office, tx: Transaction) -> StateList:
    """Our own State's list. Raises NotFound at a node that keeps none."""
    data = tx.directory.get(office.state)
    if data is None:
        raise NotFound("this node keeps no directory", hint="only an authority does, from comity init on")
    return open_once(data).value


@dataclass(frozen=True, slots=True)
class Trusted:
    """A list that was read, and how many people must still confirm its roots before it is trusted: 0 once it is.
    `look_alikes`: nodes it brings whose names a person would take for another's."""

    signed: SignedList
    missing: int = 0
    look_alikes: tuple[LookAlike, ...] = ()


def trust(office: Office, person: str, data: bytes, confirmed: Digest | None) -> Trusted:
    """Trust a State's list: a first one, or one by other roots than before, only once two people have each confirmed
    its fingerprint. What one confirms is kept for the other.

    The fingerprint is never shown here: it is to come by another way. Raises NotPermitted where it was not confirmed,
    ExchangeProblem if the list goes back, Malformed in the wrong mode.
    """
    permit(office, person, "keep the directory")
    signed = open_once(data)
    value = signed.value
    if value.mode is not office.mode:
        raise Malformed(f"a directory for {value.mode} at a node for {office.mode}", hint="the two never mix")
    if value.next_update < office.clock.now().seconds:
        raise Malformed(
            f"the directory ended at {Instant.from_seconds(value.next_update)}", hint="ask that State for its newest"
        )
    _check_no_fork(office, person, signed)
    looked = _look_ahead(office, person, signed, confirmed)
    with office.store.transaction() as tx:
        before = tx.directory.get(value.state)
        known = open_once(before) if before else None
        if known is None or known.fingerprint != signed.fingerprint:
            _check_confirmed(signed, confirmed)
            tx.directory.confirm(value.state, signed.fingerprint, by=person, at=office.clock.now())
            missing = TRUSTERS - len(tx.directory.confirmed_by(value.state, signed.fingerprint))
            if missing > 0:
                return Trusted(signed, missing)
        if known is not None and known.fingerprint == signed.fingerprint and before != data:
            check_successor(known.value, value)
        alike = watch_names(office, tx, signed, known)
        put(office, tx, signed, by=person, looked=looked)
    return Trusted(signed, look_alikes=alike)


def _look_ahead(office: Office, person: str, signed: SignedList, confirmed: Digest | None) -> Looked:
    """What comes into doubt by a list that is about to be trusted. Raises what `trust` raises where it is not."""
    state = signed.value.state
    with office.store.snapshot() as tx:
        before = tx.directory.get(state)
        others = set(tx.directory.confirmed_by(state, signed.fingerprint))
    known = open_once(before) if before else None
    if known is not None and known.fingerprint == signed.fingerprint:
        if before != signed.data:
            check_successor(known.value, signed.value)
    else:
        _check_confirmed(signed, confirmed)
        if len(others | {person}) < TRUSTERS:
            return NOTHING
    return look_ahead(office, known.value if known else None, signed.value)


def _check_confirmed(signed: SignedList, confirmed: Digest | None) -> None:
    if confirmed is None:
        raise NotPermitted(
            f"the roots of {signed.value.state} have not been confirmed",
            hint="have that State read its fingerprint to you by another way, then give it with --fingerprint",
        )
    if confirmed != signed.fingerprint:
        raise NotPermitted(
            "the fingerprint confirmed is not this directory's: do not trust it",
            hint="call that State by a number you already had",
        )


def put(office: Office, tx: Transaction, signed: SignedList, *, by: str, looked: Looked = NOTHING) -> None:
    """Keep a list as the State's newest, and say so in the log. looked: what it brings into doubt, as far as that was
    found ahead."""
    value = signed.value
    now = office.clock.now()
    before = tx.directory.get(value.state)
    tx.directories_seen.add(_seen(signed, by=by, at=now, adopted=True))
    tx.directory.put(value.state, signed.data, fingerprint=signed.fingerprint, by=by, at=now)
    state_publicly(
        office,
        tx,
        "directory",
        {
            "state": value.state,
            "sequence": value.sequence,
            "sha256": str(Digest.of(signed.data)),
            "roots": str(signed.fingerprint),
        },
    )
    tx.inbox.take_up(value.state, STALE)
    tx.outbox.hasten_all(value.state, STALE, now)
    doubt_revoked(office, tx, open_once(before).value if before else None, value, looked)


def _seen(signed: SignedList, *, by: str, at: Instant, adopted: bool) -> DirectorySeen:
    value = signed.value
    return DirectorySeen(
        state=value.state,
        sequence=value.sequence,
        sha256=signed.payload_sha256,
        data=signed.data,
        fingerprint=signed.fingerprint,
        by=by,
        at=at,
        adopted=adopted,
    )


def _other_of_that_number(tx: Transaction, signed: SignedList) -> Digest | None:
    """What the same roots signed, and was put in force here, in another list of the same number."""
    value = signed.value
    seen = {one.sha256 for one in tx.directories_seen.of(value.state) if _is_like(one, signed)}
    held = tx.directory.get(value.state)
    known = open_once(held) if held else None  # by a release that kept no history
    if known is not None and (known.value.sequence, known.fingerprint) == (value.sequence, signed.fingerprint):
        seen.add(known.payload_sha256)
    return min(seen - {signed.payload_sha256}, key=str, default=None)


def _is_like(seen: DirectorySeen, signed: SignedList) -> bool:
    return seen.adopted and (seen.sequence, seen.fingerprint) == (signed.value.sequence, signed.fingerprint)


def _check_no_fork(office: Office, person: str, signed: SignedList) -> None:
    """Keep and tell a second list of a number that another had: one of the two is false, whoever signed it.

    Raises ExchangeProblem `conflict`, when what was seen is on the disk and stated in our log.
    """
    value, now = signed.value, office.clock.now()
    with office.store.transaction() as tx:
        first = _other_of_that_number(tx, signed)
        if first is None:
            return
        if tx.directories_seen.add(_seen(signed, by=person, at=now, adopted=False)):
            digests = {"first_sha256": str(first), "second_sha256": str(signed.payload_sha256)}
            state_publicly(office, tx, "directory-fork", {"state": value.state, "sequence": value.sequence, **digests})
            sound_also(tx, FORK, f"{value.state} has signed two lists of number {value.sequence}", now)
    raise ExchangeProblem(
        "conflict",
        f"{value.state} has signed another list of number {value.sequence}: one of the two is false",
        hint="call that State by a number you already had; both lists are kept, and our log names them",
    )


def show(office: Office) -> tuple[SignedList, ...]:
    """All lists trusted here."""
    with office.store.transaction() as tx:
        return tuple(open_once(data) for data in tx.directory.lists())
