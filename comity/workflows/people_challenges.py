"""What a browser is asked to sign: 256 random bits, or the digest of a decision, good once and for five minutes.

A challenge is bound to what it is for and to who was asked: a session, or a person. Taking it ends it, whatever comes
of the answer.
"""

from typing import Final

from comity.base.digests import Digest
from comity.base.errors import NotVerified
from comity.workflows.office import Office
from comity.workflows.people_store import Challenge

CHALLENGE_SECONDS: Final = 300
MOST: Final = 10_000
"""Beyond these the oldest go: whoever asks for many without signing in cannot fill the disk."""


def ask(office: Office, challenge: bytes, purpose: str, owner: str, data: bytes = b"") -> None:
    """Keep that this was asked. data: what the answer is about."""
    now = office.clock.now()
    asked = Challenge(Digest.of(challenge), purpose, owner, data, now.plus_seconds(CHALLENGE_SECONDS))
    with office.store.transaction() as tx:
        tx.sessions.ask(asked, now=now, most=MOST)


def take(office: Office, challenge: bytes, purpose: str, owner: str) -> Challenge:
    """What was asked, which cannot be taken again. Raises NotVerified for what was not asked, or of another."""
    with office.store.transaction() as tx:
        found = tx.sessions.take(Digest.of(challenge))
    if found is None or found.expires < office.clock.now() or (found.purpose, found.owner) != (purpose, owner):
        raise NotVerified(
            "the answer comes too late, or was used already", hint="open the page again, and answer within five minutes"
        )
    return found
