"""Who may sign in: invited by an operator, joined with a passkey of their own, suspended when they leave.

Rules: there are no passwords and no default person. The first operator comes by a link that is made at the terminal and
is refused once there is one; everybody else is invited by an operator. A link holds 256 random bits, is kept as a
digest, and is good once and for a quarter of an hour. Somebody who is invited again has lost their passkeys: the old
ones and all their sessions end when they join. Every change is recorded (`people_record`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import b64u
from comity.base.errors import Conflict, Malformed, NotFound, NotPermitted
from comity.base.ids import actor_id
from comity.workflows.access import PersonRole, permit
from comity.workflows.office import Office
from comity.workflows.people_record import TERMINAL, record_change
from comity.workflows.people_store import Invitation, Passkey, Person
from comity.workflows.stores import Transaction

LINK_SECONDS: Final = 900
"""How long an invitation is good: policy of this program."""
NAME_MOST: Final = 80
_LINK_BYTES: Final = 32
_KEEP: Final = "keep the people"


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation, and what its link holds: shown once, kept nowhere."""

    invitation: Invitation
    link: str


@dataclass(frozen=True, slots=True)
class Known:
    """One person as an operator sees them."""

    person: Person
    passkeys: tuple[Passkey, ...]
    sessions: int


def invite_first(office: Office, person: str, name: str, roles: Iterable[str] = ()) -> Invited:
    """A link for the first operator. Raises Conflict once somebody who is active and an operator has joined."""
    with office.store.transaction() as tx:
        if _operators(tx):
            raise Conflict("there is an operator already", hint="an operator invites others: comity people invite")
        asked = frozenset({PersonRole.OPERATOR, *_roles(roles)})
        return _invite(office, tx, TERMINAL, person, name, asked)


def invite(office: Office, by: str, person: str, name: str, roles: Iterable[str]) -> Invited:
    """A link for somebody new, or for one who lost their passkeys. Raises NotPermitted unless `by` is an operator."""
    permit(office, by, _KEEP)
    with office.store.transaction() as tx:
        return _invite(office, tx, by, person, name, _roles(roles))


def _invite(office: Office, tx: Transaction, by: str, person: str, name: str, roles: frozenset[str]) -> Invited:
    who = actor_id(person, "person")
    known = tx.people.get(who)
    if known is not None and known.subject:
        raise Conflict(f"{who} signs in with the authority's own provider", hint="nothing is to be done here")
    if known is not None and not known.active:
        raise NotPermitted(f"{who} is suspended", hint="let them in again first: comity people suspend --lift")
    if not roles:
        raise Malformed("no role is named", where="roles", hint=f"one or more of: {', '.join(PersonRole)}")
    link = b64u(office.randomness.bytes(_LINK_BYTES))
    expires = office.clock.now().plus_seconds(LINK_SECONDS)
    found = Invitation(key_of(link), who, shown_name(name, who), roles, by, expires)
    tx.people.invite(found)
    record_change(office, tx, "invited", by=by, person=who, roles=roles)
    return Invited(found, link)


def key_of(link: str) -> Digest:
    """What is kept of a link."""
    return Digest.of(b"comity/1/invitation\0", link.encode("utf-8", "replace"))


def open_invitation(office: Office, tx: Transaction, link: str) -> Invitation:
    """The invitation of a link, which stays good. Raises NotFound for one that was used or is over."""
    found = tx.people.invitation(key_of(link))
    if found is None or found.expires < office.clock.now():
        raise NotFound(
            "this link is not good any more", hint="it is for once and a quarter of an hour: ask for another"
        )
    return found


def set_roles(office: Office, by: str, person: str, roles: Iterable[str]) -> Person:
    """Give a person other roles, from now on. Raises Conflict where nobody would be an operator any more."""
    permit(office, by, _KEEP)
    asked = _roles(roles)
    if not asked:
        raise Malformed("no role is named", where="roles", hint="to take them all, suspend the person")
    with office.store.transaction() as tx:
        known = _known(tx, person)
        if known.subject:
            raise Conflict("their roles come from the authority's own provider", hint="change their groups there")
        return _change(office, tx, replace(known, roles=asked), "roles", by)


def suspend(office: Office, by: str, person: str) -> Person:
    """Somebody leaves, or a passkey is in other hands: no role from now on, and every session ends."""
    permit(office, by, _KEEP)
    with office.store.transaction() as tx:
        tx.people.drop_invitation(person)
        tx.sessions.end_all(person)
        return _change(office, tx, replace(_known(tx, person), active=False), "suspended", by)


def resume(office: Office, by: str, person: str) -> Person:
    """Let somebody in again, with the roles and passkeys they had."""
    permit(office, by, _KEEP)
    with office.store.transaction() as tx:
        return _change(office, tx, replace(_known(tx, person), active=True), "resumed", by)


def _change(office: Office, tx: Transaction, person: Person, what: str, by: str) -> Person:
    had = tx.people.get(person.id)
    tx.people.put(person)
    if had is not None and _is_operator(had) and not _operators(tx):
        raise Conflict("nobody would be an operator any more", hint="make somebody else an operator first")
    record_change(office, tx, what, by=by, person=person.id, roles=person.roles if person.active else frozenset())
    return person


def everybody(office: Office, by: str) -> tuple[tuple[Known, ...], tuple[Invitation, ...]]:
    """All people, and the invitations that are still good. Raises NotPermitted unless `by` is an operator."""
    permit(office, by, _KEEP)
    return list_all(office)


def list_all(office: Office) -> tuple[tuple[Known, ...], tuple[Invitation, ...]]:
    """As `everybody`, for whoever has the node's folder and its passphrase."""
    now = office.clock.now()
    with office.store.transaction() as tx:
        people = tuple(
            Known(one, tuple(tx.people.passkeys(one.id)), len(tx.sessions.of_person(one.id))) for one in tx.people.all()
        )
        return people, tuple(one for one in tx.people.invitations() if now <= one.expires)


def find(office: Office, person: str) -> Person | None:
    """Somebody who has joined."""
    with office.store.transaction() as tx:
        return tx.people.get(person)


def has_operator(office: Office) -> bool:
    """Whether somebody who can invite others has joined."""
    with office.store.transaction() as tx:
        return bool(_operators(tx))


def _operators(tx: Transaction) -> list[Person]:
    return [one for one in tx.people.all() if _is_operator(one)]


def _is_operator(person: Person) -> bool:
    return person.active and PersonRole.OPERATOR in person.roles


def _known(tx: Transaction, person: str) -> Person:
    found = tx.people.get(person)
    if found is None:
        raise NotFound("nobody of that name has joined", hint="see: comity people list")
    return found


def _roles(roles: Iterable[str]) -> frozenset[str]:
    asked = frozenset(roles)
    if not asked <= set(PersonRole):
        raise Malformed("no such role", where="roles", hint=f"one or more of: {', '.join(PersonRole)}")
    return asked


def shown_name(name: str, person: str) -> str:
    """A name as it is kept: one line, not long; the id where there is none."""
    text = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(text) > NAME_MOST:
        raise Malformed(f"the name is longer than {NAME_MOST} characters", where="name", hint="shorten it")
    return text or person
