"""What passkeys must offer: options for a browser, and its answers checked (W3C Web Authentication, Level 3).

An answer is the JSON that a browser makes of a credential (section 5.1, `toJSON`), at most `ANSWER_LIMIT` bytes. What
these calls raise is NotVerified, or Malformed or TooLarge for what is no answer at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from comity.base.ids import ActorId

ANSWER_LIMIT: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Registered:
    """A new credential. `public_key`: COSE bytes."""

    id: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """What an answer says of itself, not checked yet: its credential, the challenge it answers, and whose it is."""

    credential: bytes
    challenge: bytes
    handle: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that was checked: what was signed, and `public_key` as SubjectPublicKeyInfo DER (RFC 5280)."""

    sign_count: int
    public_key: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


class Passkeys(Protocol):
    """Credentials that verify their user, for one site."""

    @property
    def site(self) -> str:
        """The relying party's id: the host that the credentials are for."""
        ...

    @property
    def origin(self) -> str:
        """The address of the pages, as far as their host: where alone passkeys answer."""
        ...

    def to_register(self, person: ActorId, name: str, handle: bytes, challenge: bytes, known: Sequence[bytes]) -> str:
        """The options of a new credential, as JSON. known: those of which no second one is to be made."""
        ...

    def registered(self, answer: bytes, challenge: bytes) -> Registered: ...

    def to_sign(self, challenge: bytes, known: Sequence[bytes]) -> str:
        """The options of a signature, as JSON. known: the credentials that may sign; none: any that the browser has."""
        ...

    def claimed(self, answer: bytes) -> Claimed:
        """Of an answer to `to_register` or `to_sign`."""
        ...

    def signed(self, answer: bytes, challenge: bytes, public_key: bytes, sign_count: int) -> Signed:
        """sign_count: the last one known. A lower one is refused: a copy of the authenticator may exist."""
        ...

    def exported(self, public_key: bytes) -> bytes:
        """COSE bytes as SubjectPublicKeyInfo DER, for a directory to list. Raises NotVerified for what is no key."""
        ...
