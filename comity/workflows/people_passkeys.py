"""Passkeys: registered by who was invited, used to sign in, added and removed by their person.

Rules: an answer counts for the challenge it was asked with, once, and for who was asked; a sign count that goes back is
refused; nobody removes their last passkey.
"""

from dataclasses import dataclass, replace
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import b64u
from comity.base.errors import Conflict, NotFound, NotPermitted, NotVerified
from comity.base.ids import ActorId
from comity.workflows import people_challenges as challenges
from comity.workflows.office import Office
from comity.workflows.passkey_port import Claimed, Passkeys, Registered, Signed
from comity.workflows.people import open_invitation, shown_name
from comity.workflows.people_record import record_change
from comity.workflows.people_store import Invitation, Passkey, Person
from comity.workflows.roles import roles_of
from comity.workflows.stores import Transaction

PASSKEYS_MOST: Final = 10
CHALLENGE_BYTES: Final = 32
JOIN: Final = "join"
ADD: Final = "add"
SIGN_IN: Final = "sign in"


@dataclass(frozen=True, slots=True)
class ToJoin:
    """An invitation that is good, and the options for the browser."""

    invitation: Invitation
    options: str


def passkeys_of(office: Office) -> Passkeys:
    """Raises NotPermitted where this node has no pages for people who sign in."""
    if office.passkeys is None:
        raise NotPermitted("this node has no pages to sign in at", hint="give it [pages] in comity.toml: see the guide")
    return office.passkeys


def ask_to_join(office: Office, link: str, visitor: str) -> ToJoin:
    """visitor: the key of the session before signing in. Raises NotFound for a link that is not good any more."""
    with office.store.transaction() as tx:
        invitation = open_invitation(office, tx, link)
    options = _ask_to_register(office, invitation.person, invitation.name, JOIN, visitor, ())
    return ToJoin(invitation, options)


def join(office: Office, link: str, visitor: str, answer: bytes, *, passkey_name: str = "") -> Person:
    """The invited person, now one of this node's people, with their first passkey; the link is used up.

    Whoever was here before has the passkeys and sessions of that time no more.
    """
    registered = _register(office, answer, JOIN, visitor)
    now = office.clock.now()
    with office.store.transaction() as tx:
        invitation = open_invitation(office, tx, link)
        before = tx.people.get(invitation.person)
        for old in tx.people.passkeys(invitation.person):
            tx.people.drop_passkey(old.id)
        tx.sessions.end_all(invitation.person)
        since = before.since if before else now
        person = Person(invitation.person, invitation.name, invitation.roles, True, since)
        tx.people.put(person)
        tx.people.drop_invitation(invitation.person)
        _keep(office, tx, person.id, registered, passkey_name)
        what = "renewed" if before else "joined"
        record_change(office, tx, what, by=person.id, person=person.id, roles=person.roles, detail=invitation.by)
    return person


def ask_to_add(office: Office, person: str) -> str:
    """The options for one more passkey."""
    with office.store.transaction() as tx:
        found = _joined(tx, person)
        known = tuple(one.id for one in tx.people.passkeys(person))
    return _ask_to_register(office, found.id, found.name, ADD, person, known)


def add(office: Office, person: str, answer: bytes, *, passkey_name: str = "") -> Passkey:
    """One more passkey of a person who is signed in."""
    registered = _register(office, answer, ADD, person)
    with office.store.transaction() as tx:
        found = _joined(tx, person)
        if len(tx.people.passkeys(person)) >= PASSKEYS_MOST:
            raise Conflict(f"{PASSKEYS_MOST} passkeys are the most", hint="remove one that is not used")
        kept = _keep(office, tx, found.id, registered, passkey_name)
        record_change(office, tx, "passkey_added", by=person, person=person, roles=found.roles)
        return kept


def remove(office: Office, person: str, credential: str) -> None:
    """Remove a passkey of one's own, named by its credential id in base64url; never the last one."""
    with office.store.transaction() as tx:
        found = _joined(tx, person)
        own = tx.people.passkeys(person)
        gone = next((one for one in own if b64u(one.id) == credential), None)
        if gone is None:
            raise NotFound("there is no such passkey of yours", hint="see the list")
        if len(own) == 1 and not found.subject:
            raise Conflict("it is your only passkey: without it you could not sign in", hint="add another one first")
        tx.people.drop_passkey(gone.id)
        record_change(office, tx, "passkey_removed", by=person, person=person, roles=found.roles)


def list_own(office: Office, person: str) -> tuple[Passkey, ...]:
    with office.store.transaction() as tx:
        return tuple(tx.people.passkeys(person))


def ask_to_sign_in(office: Office, visitor: str) -> str:
    """The options for the browser: any passkey that it has for this site."""
    challenge = office.randomness.bytes(CHALLENGE_BYTES)
    challenges.ask(office, challenge, SIGN_IN, visitor)
    return passkeys_of(office).to_sign(challenge, ())


def sign_in(office: Office, visitor: str, answer: bytes) -> Person:
    """Who answered. Raises NotVerified, or NotPermitted for somebody who is suspended."""
    claimed = passkeys_of(office).claimed(answer)
    challenges.take(office, claimed.challenge, SIGN_IN, visitor)
    passkey, _ = check_answer(office, claimed, answer)
    if not roles_of(office, passkey.person):
        raise NotPermitted("you cannot sign in here at present", hint="ask an operator of this node")
    with office.store.transaction() as tx:
        return _joined(tx, passkey.person)


def check_answer(office: Office, claimed: Claimed, answer: bytes) -> tuple[Passkey, Signed]:
    """The passkey that made an answer whose challenge was taken, with its use noted. Raises NotVerified."""
    with office.store.transaction() as tx:
        passkey = tx.people.passkey(claimed.credential)
        if passkey is None or (claimed.handle and claimed.handle != handle_of(office, passkey.person)):
            raise NotVerified("this passkey is not known here", hint="use another one, or ask for an invitation")
        port = passkeys_of(office)
        signed = port.signed(answer, claimed.challenge, passkey.public_key, passkey.sign_count)
        tx.people.put_passkey(replace(passkey, sign_count=signed.sign_count, used=office.clock.now()))
        return passkey, signed


def handle_of(office: Office, person: str) -> bytes:
    """What authenticators keep to tell people of a site apart: 32 bytes that say nothing of the person."""
    return Digest.of(b"comity/1/passkey\0", office.node.encode(), b"\0", person.encode()).value


def _ask_to_register(
    office: Office, person: ActorId, name: str, purpose: str, owner: str, known: tuple[bytes, ...]
) -> str:
    challenge = office.randomness.bytes(CHALLENGE_BYTES)
    challenges.ask(office, challenge, purpose, owner)
    return passkeys_of(office).to_register(person, name, handle_of(office, person), challenge, known)


def _register(office: Office, answer: bytes, purpose: str, owner: str) -> Registered:
    port = passkeys_of(office)
    challenge = port.claimed(answer).challenge
    challenges.take(office, challenge, purpose, owner)
    return port.registered(answer, challenge)


def _keep(office: Office, tx: Transaction, person: ActorId, registered: Registered, name: str) -> Passkey:
    if tx.people.passkey(registered.id) is not None:
        raise Conflict("this passkey is known here already", hint="use it to sign in, or make another")
    shown = shown_name(name, "passkey")
    kept = Passkey(registered.id, person, registered.public_key, registered.sign_count, shown, office.clock.now())
    tx.people.put_passkey(kept)
    return kept


def _joined(tx: Transaction, person: str) -> Person:
    found = tx.people.get(person)
    if found is None or not found.active:
        raise NotPermitted("only who has joined has passkeys", hint="an operator invites you: comity people invite")
    return found
