"""What changes between two lists of a State, and the two changes that have a rule of their own: a key is listed a week
before it is used, and a revoked one stays listed with the moment since when it is not to be believed.

Seven days and thirty days are comity's policy, not law: they let every peer take the newer list in time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from comity.base.errors import Conflict, Malformed, NotFound
from comity.base.instants import Instant
from comity.exchange.directory import Entity, KeyEntry, StateList, Use

NOTICE_DAYS: Final = 7
"""How long before its first use a key is listed."""
OVERLAP_DAYS: Final = 30
"""How long the key before it stays good beside it: messages made with it are on their way for at most that long."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, of the list itself (`entity` is '') or of an entity: what, and how it was and is."""

    entity: str
    what: str
    before: str = ""
    after: str = ""


def differences(old: StateList, new: StateList) -> tuple[Change, ...]:
    """What a person should look at before the newer list is taken, in the order of the list."""
    return tuple(_differences(old, new))


def _differences(old: StateList, new: StateList) -> Iterator[Change]:
    for what in ("state", "mode", "threshold"):
        yield from _changed("", what, getattr(old, what), getattr(new, what))
    for root in sorted(set(old.roots) ^ set(new.roots)):
        yield Change("", "root added" if root in new.roots else "root removed", after=root)
    before = {entity.id: entity for entity in old.entities}
    for entity in new.entities:
        if entity.id not in before:
            yield Change(entity.id, "listed", after=entity.name)
        else:
            yield from _entity(before[entity.id], entity)
    listed = {entity.id for entity in new.entities}
    yield from (
        Change(entity.id, "no longer listed", entity.name) for entity in old.entities if entity.id not in listed
    )


def _entity(old: Entity, new: Entity) -> Iterator[Change]:
    for what in ("role", "name", "endpoint", "origin", "telephone", "central"):
        yield from _changed(new.id, what, getattr(old, what), getattr(new, what))
    before = {(key.use, key.kid): key for key in old.keys}
    after = {(key.use, key.kid): key for key in new.keys}
    for place, key in after.items():
        if place not in before:
            yield Change(new.id, f"new {key.use} key", after=f"{key.kid} {_life(key)}")
        else:
            yield from _key(new.id, before[place], key)
    yield from (Change(new.id, f"{use} key gone", kid) for use, kid in before if (use, kid) not in after)


def _key(entity: str, old: KeyEntry, new: KeyEntry) -> Iterator[Change]:
    named = f"{new.use} key {new.kid}"
    yield from _changed(entity, f"{named}: bytes", old.public, new.public)
    yield from _changed(entity, f"{named}: dates", _life(old), _life(new))
    yield from _changed(entity, f"{named}: rights", " ".join(old.rights), " ".join(new.rights))
    if old.compromised_since != new.compromised_since:
        yield Change(entity, f"{named}: revoked", _moment(old.compromised_since), _moment(new.compromised_since))


def _changed(entity: str, what: str, old: object, new: object) -> Iterator[Change]:
    if old != new:
        yield Change(entity, what, str(old), str(new))


def _life(key: KeyEntry) -> str:
    return f"from {Instant.from_seconds(key.not_before)} to {Instant.from_seconds(key.not_after)}"


def _moment(seconds: int | None) -> str:
    return "" if seconds is None else f"since {Instant.from_seconds(seconds)}"


def with_new_key(entity: Entity, key: KeyEntry, now: Instant) -> Entity:
    """The entity with the next key of its use; those before it end when the overlap ends, or earlier if they did.

    Raises Malformed for one that would be used before its notice is over, unless no other of its use is good now, and
    Conflict where its id is listed already. A revoked one is not good, though a clock set back since may not have come
    to that moment again.
    """
    good = (one for one in entity.keys if one.use is key.use and one.compromised_since is None)
    can_wait = any(one.is_valid(now) for one in good)
    if can_wait and key.not_before < now.plus_days(NOTICE_DAYS).seconds:
        raise Malformed(
            f"a new key is listed at least {NOTICE_DAYS} days before it is used",
            where="not_before",
            hint="name a later day; where the old key is lost or stolen, revoke it first",
        )
    if any((one.use, one.kid) == (key.use, key.kid) for one in entity.keys):
        raise Conflict(f"the {key.use} key {key.kid} is listed already", hint="make another key")
    ends = Instant.from_seconds(key.not_before).plus_days(OVERLAP_DAYS).seconds
    shortened = (
        msgspec.structs.replace(one, not_after=min(one.not_after, ends)) if one.use is key.use else one
        for one in entity.keys
    )
    return msgspec.structs.replace(entity, keys=(*shortened, key))


def with_longer(entity: Entity, use: Use, until: Instant) -> Entity:
    """The entity with its newest key of a use good until later: for keys that others are bound to, and that are kept.

    Raises NotFound where it lists none of the use, or the newest one was revoked.
    """
    newest = max((one for one in entity.keys if one.use is use), key=lambda one: one.not_before, default=None)
    if newest is None or newest.compromised_since is not None:
        raise NotFound(f"{entity.id} has no {use} key that could be good for longer", hint="see: comity directory show")
    longer = msgspec.structs.replace(newest, not_after=max(newest.not_after, until.seconds))
    return msgspec.structs.replace(entity, keys=tuple(longer if one is newest else one for one in entity.keys))


def with_revoked(entity: Entity, kid: str, since: Instant, now: Instant) -> Entity:
    """The entity with a key revoked since a moment: it stays listed, because what it signed before still verifies.

    Raises NotFound for a key it does not list, Malformed for a moment to come, Conflict for one that would take an
    earlier revocation back.
    """
    if since.seconds > now.seconds:
        raise Malformed("a key is revoked since a moment that has been", where="since", hint="name the earliest doubt")
    found = [key for key in entity.keys if key.kid == kid]
    if not found:
        raise NotFound(f"{entity.id} lists no key {kid}", hint="see: comity directory show --json")
    if any(key.compromised_since is not None and key.compromised_since < since.seconds for key in found):
        raise Conflict("it is revoked since an earlier moment, which stands", hint="name one that is earlier still")
    revoked = (
        msgspec.structs.replace(key, compromised_since=since.seconds) if key.kid == kid else key for key in entity.keys
    )
    return msgspec.structs.replace(entity, keys=tuple(revoked))
