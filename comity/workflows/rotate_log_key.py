"""The log's next key, and the end of an old one; both told by the log itself (transparency.log_keys).

For at least OVERLAP_DAYS both keys sign every checkpoint, so that whoever knows only the old one has time to learn the
new one: from the directory, or from the log. Policy of this program, not treaty.
"""

from contextlib import suppress
from typing import Final

from comity.base.errors import Conflict, OutOfOrder
from comity.crypto.signatures import Signer
from comity.transparency import log_keys as statements
from comity.workflows.access import permit
from comity.workflows.log_keys import FIRST, OwnKey, own_keys, signer_of
from comity.workflows.log_stores import LogSigner
from comity.workflows.office import Office
from comity.workflows.record import state_publicly

OVERLAP_DAYS: Final = 30


def add_key(office: Office, person: str) -> OwnKey:
    """Make the log's next key and say so in the log, signed by the newest key and by the new one.

    Raises OutOfOrder while two keys sign already.
    """
    permit(office, person, "keep the log")
    now = office.clock.now()
    with office.store.transaction() as tx:
        keys = own_keys(office, tx)
    active = [one for one in keys if one.retired is None]
    if len(active) > 1:
        raise OutOfOrder("two keys sign already", hint="retire the older one first: comity log retire")
    name = f"{FIRST}-{len(keys) + 1}"
    new = _made(office, name)
    with office.store.transaction() as tx:
        fields = statements.add_fields(office.origin, signer_of(office, active[-1]), new)
        index = state_publicly(office, tx, statements.ADD, fields)
        tx.log_signers.put(LogSigner(name, str(fields["vkey"]), index, now))
        return own_keys(office, tx)[-1]


def _made(office: Office, name: str) -> Signer:
    with suppress(Conflict):  # an earlier try made it and did not get as far as the log
        return office.keys.make(name, office.randomness)
    return office.keys.signer(name)


def retire_key(office: Office, person: str) -> OwnKey:
    """End the older of the two keys that sign. Raises OutOfOrder where there is one only, or not long enough two."""
    permit(office, person, "keep the log")
    now = office.clock.now()
    with office.store.transaction() as tx:
        active = [one for one in own_keys(office, tx) if one.retired is None]
        if len(active) < 2:
            raise OutOfOrder("only one key signs", hint="make the next one first: comity log rotate")
        old, stays = active
        assert stays.added_at is not None  # only the first key was never added
        until = stays.added_at.plus_days(OVERLAP_DAYS)
        if now < until:
            raise OutOfOrder(f"both keys sign until {until}", hint="whoever checks this log must learn the new key")
        fields = statements.retire_fields(office.origin, signer_of(office, stays), old.key)
        index = state_publicly(office, tx, statements.RETIRE, fields)
        tx.log_signers.put(LogSigner(old.name, old.key.vkey, old.added, old.added_at or now, index))
        return next(one for one in own_keys(office, tx) if one.name == old.name)
