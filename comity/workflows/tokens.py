"""Tokens of the JSON interface: 256 random bits, shown once, of which only the digest is kept.

    comity_<id, 12 hexadecimal digits>_<secret, 43 characters of base64url>

The prefix is what scanners for leaked secrets look for. A token says what may be done (its scopes) and in whose name
(its people, in no other roles than its own). It never approves: that takes a person and a second key.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from comity.base.digests import Digest, same
from comity.base.encoding import b64u, to_json
from comity.base.errors import Malformed, NotFound, NotPermitted
from comity.base.ids import ActorId, actor_id
from comity.workflows.access import PersonRole, permit
from comity.workflows.office import Office
from comity.workflows.record import log_step
from comity.workflows.roles import roles_of
from comity.workflows.stores import Transaction
from comity.workflows.token_store import Scope, Token, WebhookState

PREFIX: Final = "comity_"
LONGEST_DAYS: Final = 365
"""Policy of this program: a token that nobody renews ends within a year."""
NAME_MOST: Final = 80
TEXT_MOST: Final = 80
ACTING: Final = frozenset({Scope.CASES_DRAFT, Scope.EVIDENCE_WRITE, Scope.DECISIONS_WRITE})
"""Scopes in which something is done in a person's name."""
_ID_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_TEXT: Final = re.compile(r"comity_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
_USED_EVERY_SECONDS: Final = 60
_UNKNOWN_DIGEST: Final = bytes(32)


class NotAuthenticated(NotPermitted):
    """No token, or none that holds here."""

    code = "not-authenticated"


def create(
    office: Office,
    person: str,
    *,
    name: str,
    scopes: Sequence[Scope],
    people: Sequence[str] = (),
    roles: Sequence[str] = (),
    days: int = 90,
) -> tuple[Token, str]:
    """A new token and its text, which is never to be had again.

    people: whom it may act for; roles: in which of their roles, by default all. Raises NotPermitted for anybody but an
    operator, Malformed for a scope that acts without people, and for people or roles that this node does not have.
    """
    permit(office, person, "keep tokens")
    _check(office, name, scopes, people, roles, days)
    now = office.clock.now()
    token_id = office.randomness.bytes(_ID_BYTES).hex()
    text = f"{PREFIX}{token_id}_{b64u(office.randomness.bytes(_SECRET_BYTES))}"
    token = Token(
        id=token_id,
        name=name.strip(),
        digest=Digest.of(text.encode()).value,
        scopes=frozenset(scopes),
        people=tuple(sorted(set(people))),
        roles=frozenset(roles) if roles else frozenset(role for one in people for role in _roles_of(office, one)),
        made_at=now,
        made_by=person,
        expires=now.plus_days(days),
    )
    with office.store.transaction() as tx:
        tx.tokens.add(token)
        _log(office, tx, "token_made", token, person)
    return token, text


def _roles_of(office: Office, person: str) -> frozenset[str]:
    return roles_of(office, person) or frozenset()


def _check(
    office: Office, name: str, scopes: Sequence[Scope], people: Sequence[str], roles: Sequence[str], days: int
) -> None:
    if not 0 < len(name.strip()) <= NAME_MOST or not name.isprintable():
        raise Malformed("a token needs a name", where="name", hint=f"what it is for, in 1 to {NAME_MOST} characters")
    if not scopes:
        raise Malformed("a token without a scope opens nothing", where="scope", hint=f"of: {', '.join(Scope)}")
    if not 1 <= days <= LONGEST_DAYS:
        raise Malformed("a token lasts at least a day and at most a year", where="days", hint=f"1 to {LONGEST_DAYS}")
    if Scope.WEBHOOKS_WRITE in scopes and Scope.EVENTS_READ not in scopes:
        raise Malformed("a webhook tells of events", where="scope", hint=f"add {Scope.EVENTS_READ}")
    for one in people:
        if not _roles_of(office, actor_id(one)):
            raise Malformed(f"{one} is not one of this node's people", where="person", hint="name who may act by it")
    unknown = set(roles) - set(PersonRole)
    if unknown:
        raise Malformed(f"no role {min(unknown)!r}", where="role", hint=f"of: {', '.join(PersonRole)}")
    acting = sorted(ACTING.intersection(scopes))
    if acting and not people:
        raise Malformed(
            f"{acting[0]} acts in a person's name, and none is named", where="person", hint="name whom it may act for"
        )
    for one in people if roles else ():
        if not _roles_of(office, one).intersection(roles):
            raise Malformed(f"{one} has none of the roles named", where="role", hint="name a role that they have")


def authenticate(office: Office, text: str) -> Token:
    """The token of a request, if it holds here now. Raises NotAuthenticated, and does not say what is wrong with it.

    The digests are compared in constant time, also where there is no such token.
    """
    found = _TEXT.fullmatch(text) if len(text) <= TEXT_MOST else None
    now = office.clock.now()
    with office.store.transaction() as tx:
        token = tx.tokens.get(found[1]) if found else None
        kept = token.digest if token else _UNKNOWN_DIGEST
        holds = same(Digest.of(text.encode("utf-8", "replace")).value, kept)
        if token is None or not holds or not token.is_live(now):
            raise NotAuthenticated("the token does not hold here", hint="see whether it ended: comity token list")
        if token.last_used is None or now.seconds - token.last_used.seconds >= _USED_EVERY_SECONDS:
            tx.tokens.touch(token.id, now)
    return token


def require(token: Token, scope: Scope) -> None:
    """Raise NotPermitted unless the token opens `scope`."""
    if scope not in token.scopes:
        raise NotPermitted(f"the token has not the scope {scope}", hint="an operator makes one that has")


def acting(office: Office, token: Token, person: str) -> Office:
    """The office as `person` finds it by this token: nobody else may act, in no other roles than the token's.

    Every workflow asks the office who may do what, so none has to know of tokens. Raises NotPermitted for somebody the
    token does not name.
    """
    if person not in token.people:
        raise NotPermitted("the token does not act for this person", hint="name one it was made for")
    return replace(office, acting={ActorId(person): token.roles})


def revoke(office: Office, person: str, token_id: str) -> Token:
    """The token opens nothing any more, and its webhooks end. Doing so twice is doing so once. Raises NotFound."""
    permit(office, person, "keep tokens")
    now = office.clock.now()
    with office.store.transaction() as tx:
        token = tx.tokens.get(token_id)
        if token is None:
            raise NotFound("there is no such token", hint="see: comity token list")
        if token.revoked is not None:
            return token
        tx.tokens.revoke(token_id, now)
        _log(office, tx, "token_revoked", token, person)
        for webhook in tx.webhooks.all():
            if webhook.token == token_id and webhook.state is not WebhookState.ENDED:
                tx.webhooks.put(replace(webhook, state=WebhookState.ENDED, reason="its token was revoked"))
    return replace(token, revoked=now)


def _log(office: Office, tx: Transaction, kind: str, token: Token, by: str) -> None:
    """An entry that hides who may do what, and cannot be taken out again."""
    at = office.clock.now()
    what = {"id": token.id, "scopes": sorted(token.scopes), "people": token.people, "roles": sorted(token.roles)}
    whole = to_json({"kind": kind, "by": by, "at": at.seconds, "expires": token.expires.seconds, **what})
    log_step(office, tx, kind, Digest.of(b"comity/1/token\0", whole), at)


def all_tokens(office: Office) -> tuple[Token, ...]:
    """Every token ever made here, oldest first."""
    with office.store.transaction() as tx:
        return tuple(tx.tokens.all())
