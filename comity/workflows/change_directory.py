"""Changes of our own State's list: the next key, a revoked one, other roots. Peers learn of each by the next list.

Where the root keys are kept away from the node, as they should be in earnest, a change gives a draft to carry to their
keepers (`exchange.directory_signing`), and the signed list is taken in again by `adopt`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u
from comity.base.errors import Malformed, NotFound, NotPermitted, OutOfOrder
from comity.base.ids import NodeId
from comity.base.instants import Instant
from comity.crypto import hpke
from comity.crypto.signatures import Signer, thumbprint
from comity.exchange.directory import (
    OF_NODES,
    Entity,
    KeyEntry,
    SignedList,
    StateList,
    Use,
    check_successor,
    open_list,
    sign_list,
)
from comity.exchange.directory_changes import with_longer, with_new_key, with_revoked
from comity.exchange.directory_signing import draft
from comity.workflows.access import permit
from comity.workflows.doubts import NOTHING, Looked, look_ahead
from comity.workflows.keep_directory import KEY_DAYS, checked_card, next_list, own_list, put, with_enrolled
from comity.workflows.office import Office
from comity.workflows.stores import Transaction

ROTATED: Final = (Use.TRANSPORT, Use.AUTHORITY, Use.ENCRYPTION, Use.RECEIPT)
"""The keys that change by a new list alone. A log's and a witness's are bound to what others hold of them, and evidence
stays sealed to its key."""
KEPT: Final = tuple(use for use in OF_NODES if use not in ROTATED)
"""They are listed for longer instead. A log's Ed25519 key may also change, by the log itself."""


@dataclass(frozen=True, slots=True)
class Changed:
    """The next list: signed and in force here, or a draft that still needs its roots' signatures (`signed` None)."""

    value: StateList
    data: bytes
    signed: SignedList | None


def rotate(
    office: Office, person: str, use: Use, public: bytes, since: Instant, roots: Sequence[Signer], *, node: str = ""
) -> Changed:
    """List the next key of a use, ours or that of another node of our State, to be used from `since`, with the rights
    of the one before it.

    Raises Malformed for a moment before its notice is over, Conflict for a key that is listed, NotFound for a node that
    is not.
    """
    key = _entry(use, public, since)

    def change(entity: Entity, now: Instant) -> Entity:
        rights = next((one.rights for one in reversed(entity.keys) if one.use is use), ())
        return with_new_key(entity, msgspec.structs.replace(key, rights=rights), now)

    return _change(office, person, node or office.node, roots, change)


def _entry(use: Use, public: bytes, since: Instant) -> KeyEntry:
    return KeyEntry(
        use=use,
        kid=hpke.key_id(public) if use is Use.ENCRYPTION else thumbprint(public),
        public=b64u(public),
        not_before=since.seconds,
        not_after=since.plus_days(KEY_DAYS).seconds,
    )


def revoke(
    office: Office, person: str, kid: str, since: Instant, roots: Sequence[Signer], *, node: str = ""
) -> Changed:
    """Say that a key is not to be believed since a moment. It stands for ever."""
    return _change(
        office, person, node or office.node, roots, lambda entity, now: with_revoked(entity, kid, since, now)
    )


def prolong(office: Office, person: str, uses: Sequence[Use], roots: Sequence[Signer], *, node: str = "") -> Changed:
    """List keys that are kept, ours or those of another node of our State, for another year from now; all that it has
    where none is named.

    Raises NotPermitted for a use whose key changes instead, NotFound for one that is not listed or was revoked.
    """
    changed = [use for use in uses if use not in KEPT]
    if changed:
        raise NotPermitted(f"the {changed[0]} key is changed, not kept", hint="see: comity directory rotate")

    def change(entity: Entity, now: Instant) -> Entity:
        has = {one.use for one in entity.keys if one.compromised_since is None}
        for use in uses or [one for one in KEPT if one in has]:
            entity = with_longer(entity, use, now.plus_days(KEY_DAYS))
        return entity

    return _change(office, person, node or office.node, roots, change)


def amend(
    office: Office, person: str, roots: Sequence[Signer], change: Callable[[Entity], Entity], *, node: str = ""
) -> Changed:
    """List a node anew with other words, rights or approvers (`emergency_means`); its keys' bytes stay as they are."""
    return _change(office, person, node or office.node, roots, lambda entity, _: change(entity))


def _change(
    office: Office,
    person: str,
    node: str,
    roots: Sequence[Signer],
    change: Callable[[Entity, Instant], Entity],
) -> Changed:
    permit(office, person, "keep the directory")
    now = office.clock.now()

    def changed(tx: Transaction) -> tuple[StateList, StateList]:
        old = own_list(office, tx)
        if all(entity.id != node for entity in old.entities):
            raise NotFound(f"{node} is not listed by this State", hint="see: comity directory show")
        entities = tuple(change(entity, now) if entity.id == node else entity for entity in old.entities)
        new = next_list(old, entities, now)
        check_successor(old, new)
        return old, new

    with office.store.snapshot() as tx:
        old, new = changed(tx)
    looked = look_ahead(office, old, new) if _may_sign(new, roots) else NOTHING
    with office.store.transaction() as tx:
        _, new = changed(tx)
        return _issued(office, tx, person, new, roots, looked)


def _may_sign(new: StateList, roots: Sequence[Signer]) -> bool:
    return len(_at_hand(new, roots)) >= new.threshold


def _at_hand(new: StateList, roots: Sequence[Signer]) -> list[Signer]:
    return [root for root in roots if b64u(root.public) in new.roots]


def _issued(
    office: Office, tx: Transaction, person: str, new: StateList, roots: Sequence[Signer], looked: Looked
) -> Changed:
    if not _may_sign(new, roots):
        return Changed(new, draft(new), None)
    signed = sign_list(new, _at_hand(new, roots))
    put(office, tx, signed, by=person, looked=looked)
    return Changed(new, signed.data, signed)


def enrol(office: Office, person: str, card: bytes, confirmed: str, roots: Sequence[Signer]) -> Changed:
    """List a node of our State by its card, as `keep_directory.enrol`; a draft where the roots are kept elsewhere."""
    permit(office, person, "keep the directory")
    entity = checked_card(office, card, confirmed)
    with office.store.transaction() as tx:
        old = own_list(office, tx)
        new = next_list(old, with_enrolled(old, entity), office.clock.now())
        check_successor(old, new)
        return _issued(office, tx, person, new, roots, NOTHING)


def propose(office: Office, person: str, *, roots: Sequence[str] = (), threshold: int = 0) -> bytes:
    """A draft of our State's next list as it stands, under other roots if any are given (base64url, Ed25519).

    Raises Malformed where the roots and the threshold do not fit.
    """
    permit(office, person, "keep the directory")
    with office.store.transaction() as tx:
        old = own_list(office, tx)
    new = next_list(old, old.entities, office.clock.now())
    if roots:
        for root in roots:
            from_b64u(root)
        new = msgspec.structs.replace(new, roots=tuple(roots), threshold=threshold or len(roots))
    return draft(new)


def adopt(office: Office, person: str, data: bytes, confirmed: Digest | None = None) -> SignedList:
    """Take in our own State's list as its roots' keepers signed it; under other roots only with their fingerprint.

    Raises OutOfOrder where another list came between draft and signature, NotPermitted for roots not confirmed,
    Malformed for another State's, ExchangeProblem for one that goes back or drops a key.
    """
    permit(office, person, "keep the directory")
    signed = open_list(data)
    if (signed.value.state, signed.value.mode) != (office.state, office.mode):
        raise Malformed("this is not our own State's list in this mode", hint="another's: comity directory trust")
    with office.store.snapshot() as tx:
        old = _followed(office, tx, signed, confirmed)
    looked = look_ahead(office, old, signed.value)
    with office.store.transaction() as tx:
        _followed(office, tx, signed, confirmed)
        put(office, tx, signed, by=person, looked=looked)
    return signed


def _followed(office: Office, tx: Transaction, signed: SignedList, confirmed: Digest | None) -> StateList:
    """The list in force, which the signed one follows. Raises what `adopt` raises where it does not."""
    old = own_list(office, tx)
    if signed.value.sequence != old.sequence + 1:
        raise OutOfOrder(
            f"list {signed.value.sequence} does not follow list {old.sequence}, which is in force here",
            hint="draft it again, and have it signed",
        )
    if (signed.value.roots, signed.value.threshold) == (old.roots, old.threshold):
        check_successor(old, signed.value)
    else:
        _check_new_roots(old, signed, confirmed)
    return old


def _check_new_roots(old: StateList, signed: SignedList, confirmed: Digest | None) -> None:
    if confirmed != signed.fingerprint:
        raise NotPermitted(
            "the roots of this list are new, and their fingerprint was not confirmed",
            hint="read it from their keepers, then give it with --fingerprint; peers must compare it as well",
        )
    value = signed.value
    check_successor(old, msgspec.structs.replace(value, roots=old.roots, threshold=old.threshold))


def own_entity(office: Office) -> Entity:
    """This node as its State's list has it. Raises NotFound."""
    with office.store.transaction() as tx:
        data = tx.directory.get(office.state)
    found = open_list(data).value.entities if data else ()
    for entity in found:
        if entity.id == NodeId(office.node):
            return entity
    raise NotFound("this node is in no directory trusted here", hint="have your State list it: comity directory enrol")


def with_next(office: Office, use: Use, public: bytes, since: Instant) -> Entity:
    """This node as its next card has it, with the key that follows: for a node that keeps no directory of its own."""
    return with_new_key(own_entity(office), _entry(use, public, since), office.clock.now())


def check_next(office: Office, use: Use, since: Instant) -> None:
    """Raise, before a key is made, what listing it would raise."""
    if use not in ROTATED:
        raise NotPermitted(f"the {use} key is not changed this way", hint=f"one of: {', '.join(ROTATED)}")
    key = KeyEntry(use=use, kid="-", public="", not_before=since.seconds, not_after=since.seconds)
    with_new_key(own_entity(office), key, office.clock.now())
