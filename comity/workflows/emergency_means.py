"""What a State's list says of emergencies: who may claim one, by whose approval, and where they are called back.

The list is signed by roots that are kept away from the node: who steals the node's own key changes none of it.
"""

from collections.abc import Callable, Mapping

import msgspec

from comity.base.encoding import b64u
from comity.base.errors import Conflict, NotFound
from comity.base.instants import Instant
from comity.exchange.directory import Entity, KeyEntry, Use
from comity.workflows.approve_emergency import RIGHT
from comity.workflows.keep_directory import KEY_DAYS
from comity.workflows.office import Office
from comity.workflows.people_passkeys import passkeys_of


def with_means(
    *, telephone: str | None = None, central: bool | None = None, may_claim: bool | None = None
) -> Callable[[Entity], Entity]:
    """The node with another number, as its State's central authority, or with its authority keys' right to claim an
    emergency; None leaves what stands."""

    def change(entity: Entity) -> Entity:
        keys = entity.keys
        if may_claim is not None:
            keys = tuple(_with_right(key, may_claim) if key.use is Use.AUTHORITY else key for key in keys)
        return msgspec.structs.replace(
            entity,
            keys=keys,
            telephone=entity.telephone if telephone is None else telephone.strip(),
            central=entity.central if central is None else central,
        )

    return change


def _with_right(key: KeyEntry, may_claim: bool) -> KeyEntry:
    rights = tuple(one for one in key.rights if one != RIGHT)
    return msgspec.structs.replace(key, rights=(*rights, RIGHT) if may_claim else rights)


def with_approver(office: Office, person: str) -> Callable[[Entity], Entity]:
    """The node with the passkeys of one of its people as approvers of emergencies, for a year from now, those too that
    were listed before: from then on receivers take no approval by any other. Raises NotFound for somebody without a
    passkey, Conflict where all of theirs were revoked."""
    port = passkeys_of(office)
    with office.store.transaction() as tx:
        held = tuple(tx.people.passkeys(person))
    if not held:
        raise NotFound(f"{person} has no passkey here", hint="they add one on their account's page")
    now = office.clock.now()

    def change(entity: Entity) -> Entity:
        mine = {key.kid: key for key in (_approver(b64u(one.id), port.exported(one.public_key), now) for one in held)}
        listed = {key.kid: key for key in entity.keys if key.use is Use.APPROVER}
        if all(kid in listed and listed[kid].compromised_since is not None for kid in mine):
            raise Conflict(f"the passkeys of {person} were revoked", hint="they add another on their account's page")
        keys = tuple(_longer(key, mine[key.kid]) if _is_one(key, mine) else key for key in entity.keys)
        return msgspec.structs.replace(entity, keys=(*keys, *(mine[kid] for kid in mine if kid not in listed)))

    return change


def _is_one(key: KeyEntry, mine: Mapping[str, KeyEntry]) -> bool:
    return key.use is Use.APPROVER and key.kid in mine and key.compromised_since is None


def _longer(key: KeyEntry, new: KeyEntry) -> KeyEntry:
    return msgspec.structs.replace(key, not_after=max(key.not_after, new.not_after))


def _approver(kid: str, public: bytes, now: Instant) -> KeyEntry:
    until = now.plus_days(KEY_DAYS).seconds
    return KeyEntry(use=Use.APPROVER, kid=kid, public=b64u(public), not_before=now.seconds, not_after=until)
