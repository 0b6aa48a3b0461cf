"""Whether peers believe the keys this node uses: each stands in its State's list, is good now, and will be for a while.

A key that signs is of no use where the list names another, or says that its year is over. Operators hear of its end a
month before: time to rotate the key, or to list it for longer, and to hand the list out. The month is policy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from comity.base.errors import NotFound
from comity.base.instants import Instant
from comity.crypto import age
from comity.exchange.directory import MLDSA44, OF_NODES, Entity, KeyEntry, Use, open_list
from comity.workflows.office import Office
from comity.workflows.stores import Transaction

END: Final = "key-ends"
TOLD_DAYS: Final = 30
"""How long before the last listed key of a use ends operators are told."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What our State's list says of one use. `fault`: why peers do not believe the key in use, or ''; `ends`: when the
    last key of the use does, where any is good or will be."""

    use: Use
    fault: str
    ends: Instant | None


def held(office: Office) -> Iterator[Use]:
    """The uses that this process has keys for. A node made before ML-DSA has none of those."""
    for use in OF_NODES:
        try:
            if use in MLDSA44:
                office.keys.mldsa(use)
        except NotFound:
            continue
        yield use


def listed_keys(office: Office, tx: Transaction) -> tuple[Listed, ...]:
    """What is listed of each use this process has a key for; nothing where no list trusted here names this node."""
    data = tx.directory.get(office.state)
    entities = open_list(data).value.entities if data else ()
    entity = next((one for one in entities if one.id == office.node), None)
    if entity is None:
        return ()
    now = office.clock.now()
    return tuple(Listed(use, _fault(office, entity, use, now), _ends(entity, use, now)) for use in held(office))


def ending(office: Office, tx: Transaction) -> tuple[str, ...]:
    """What operators are told: the uses whose last listed key is over, or will be within a month, with the day."""
    until = office.clock.now().plus_days(TOLD_DAYS)
    found = listed_keys(office, tx)
    return tuple(
        f"{one.use} key: good until {one.ends.day}" if one.ends else f"{one.use} key: none is good any more"
        for one in found
        if one.ends is None or one.ends < until
    )


def _ends(entity: Entity, use: Use, now: Instant) -> Instant | None:
    good = [key.not_after for key in entity.keys if key.use is use and key.compromised_since is None]
    last = max(good, default=0)
    return Instant.from_seconds(last) if last >= now.seconds else None


def _fault(office: Office, entity: Entity, use: Use, now: Instant) -> str:
    if use is Use.LOG:  # the log has names of its own for its later keys, and says itself which of them sign
        return ""
    kid = _kid(office, use)
    key = next((one for one in entity.keys if (one.use, one.kid) == (use, kid)), None)
    return _why(key, now)


def _why(key: KeyEntry | None, now: Instant) -> str:
    if key is None:
        return "is not the one that is listed"
    if key.is_valid(now):
        return ""
    if key.compromised_since is not None:
        return "was revoked"
    return "is over" if now.seconds > key.not_after else "is not good yet"


def _kid(office: Office, use: Use) -> str:
    if use is Use.ENCRYPTION:
        return office.keys.opener().kid
    if use is Use.EVIDENCE:
        return age.recipient_id(age.recipient_of(office.keys.identity()))
    return office.keys.mldsa(use).kid if use in MLDSA44 else office.keys.signer(use).kid
