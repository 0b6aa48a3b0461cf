"""Write down who looked: in the list that oversight sees, and in the log, so that a look cannot be taken out again."""

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.instants import Instant
from comity.workflows.office import Office
from comity.workflows.reading_stores import Access
from comity.workflows.record import log_step
from comity.workflows.stores import Transaction


def record_access(office: Office, tx: Transaction, person: str, what: str, case_id: str, page: str) -> None:
    """In the caller's transaction. what: read, exported or printed; the log entry hides it and commits to the whole."""
    one = Access(office.clock.now().seconds, person, what, case_id, page)
    tx.accesses.add(one)
    log_step(office, tx, f"access_{what}", digest_of(one), Instant.from_seconds(one.at))


def digest_of(one: Access) -> Digest:
    """What the log entry of an access commits to: SHA-256 of its JSON, fields in the order of the class."""
    return Digest.of(b"comity/1/access\0", to_json(one))
