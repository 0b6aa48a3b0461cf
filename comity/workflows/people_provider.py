"""Signing in by the authority's own identity provider (OpenID Connect Core 1.0): code, PKCE, state and nonce.

Rules: the configuration's mapping of groups to roles is all that gives a role; somebody in no group of it is not let
in, and nothing of them is kept. Who comes this way has the roles of today's groups, no others, each time they sign in.
A person is known by issuer and subject; a name that somebody else has here is refused, never taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from comity.base.digests import Digest
from comity.base.encoding import b64u, to_json
from comity.base.errors import ComityError, Conflict, NotPermitted, NotVerified
from comity.base.ids import ActorId, actor_id
from comity.base.parsing import read_json
from comity.workflows import people_challenges as challenges
from comity.workflows.office import Office
from comity.workflows.people import shown_name
from comity.workflows.people_record import record_change
from comity.workflows.people_store import Person

PURPOSE: Final = "provider"
_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the provider says it was. `person`: the name it gives as a pseudonym, which may not be one."""

    issuer: str
    subject: str
    person: str
    name: str
    groups: tuple[str, ...]


class IdentityProvider(Protocol):
    """An authority's own provider."""

    @property
    def name(self) -> str:
        """As it stands on the button."""
        ...

    @property
    def roles_of_group(self) -> Mapping[str, frozenset[str]]: ...

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where the browser goes. Raises Unavailable where the provider does not answer."""
        ...

    def identity(self, code: str, *, nonce: str, verifier: str) -> Identity:
        """Who came back with `code`. Raises NotVerified for a token that does not hold, Unavailable without answer."""
        ...


def ask(office: Office, provider: IdentityProvider, visitor: str) -> str:
    """The address of the provider for this visitor's browser."""
    state, nonce, verifier = (b64u(office.randomness.bytes(_BYTES)) for _ in range(3))
    address = provider.address(state=state, nonce=nonce, verifier=verifier)
    challenges.ask(office, state.encode(), PURPOSE, visitor, to_json([nonce, verifier]))
    return address


def enter(office: Office, provider: IdentityProvider, visitor: str, *, state: str, code: str) -> Person:
    """Who came back, now one of this node's people with the roles of their groups.

    Raises NotPermitted for somebody in no group that has a role here, or who is suspended.
    """
    kept = challenges.take(office, state.encode("utf-8", "replace"), PURPOSE, visitor)
    nonce, verifier = read_json(kept.data, tuple[str, str], limit=1024, what="what was kept for the provider")
    if not code:
        raise NotVerified("the provider did not let you in", hint="try again, or ask those who keep it")
    return _let_in(office, provider, provider.identity(code, nonce=nonce, verifier=verifier))


def _let_in(office: Office, provider: IdentityProvider, identity: Identity) -> Person:
    roles = frozenset(
        role for group in identity.groups for role in provider.roles_of_group.get(group, frozenset[str]())
    )
    if not roles:
        raise NotPermitted(
            "you are known, but in no group that has a role here",
            hint="ask for one that has: which they are stands under [oidc.groups] in the configuration",
        )
    subject, now = f"{identity.issuer} {identity.subject}", office.clock.now()
    with office.store.transaction() as tx:
        before = tx.people.of_subject(subject)
        if before is not None and not before.active:
            raise NotPermitted("you cannot sign in here at present", hint="ask an operator of this node")
        who = before.id if before else _pseudonym(identity)
        if before is None and (tx.people.get(who) is not None or who in office.people):
            raise Conflict("somebody else has your name here", hint="ask those who keep the provider for another")
        since = before.since if before else now
        person = Person(who, shown_name(identity.name, who), roles, True, since, subject)
        tx.people.put(person)
        if before is None or before.roles != roles:
            what = "roles" if before else "joined"
            record_change(office, tx, what, by=who, person=who, roles=roles, detail="provider")
    return person


def _pseudonym(identity: Identity) -> ActorId:
    """The provider's name for them where it can be one here; else one made of the subject."""
    try:
        return actor_id(identity.person.lower())
    except ComityError:
        return ActorId(f"person-{str(Digest.of(identity.issuer.encode(), b' ', identity.subject.encode()))[:12]}")
