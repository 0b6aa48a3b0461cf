"""Who did an act of custody and why, signed as a digest: shown by whom it concerns, hidden without breaking a chain.

In the manner of RFC 9901 (selective disclosure): the signed act holds SHA-256 of the words, which stand behind the JWS:

    JWS "~" WORDS        WORDS = base64url of the JSON array ["<salt, 32 hexadecimal digits>", "<actor>", "<reason>"]

The salt is chance: a reason that is not shown cannot be guessed from its digest.
"""

from typing import Annotated, Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.parsing import check_size, read_json
from comity.crypto.age import Chance

LIMIT: Final = 16 * 1024
REASON_MOST: Final = 2000
"""Characters of the reason of an act, with words of its own or without."""
_SALT_BYTES: Final = 16


class _Words(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    salt: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
    actor: str
    reason: Annotated[str, msgspec.Meta(max_length=REASON_MOST)]


def write(actor: str, reason: str, chance: Chance) -> bytes:
    """The words of an act as they stand behind it."""
    return b64u(to_json(_Words(chance(_SALT_BYTES).hex(), actor, reason))).encode("ascii")


def read(kept: bytes) -> tuple[str, str]:
    """Actor and reason. Raises TooLarge or Malformed."""
    check_size(kept, LIMIT, "the words of an act")
    found = read_json(from_b64u(kept.decode("ascii", "replace")), _Words, limit=LIMIT, what="the words of an act")
    return found.actor, found.reason


def digest(kept: bytes) -> str:
    """What is signed of them."""
    return str(Digest.of(kept))


def join(jws: bytes, kept: bytes) -> bytes:
    return jws + b"~" + kept if kept else jws


def split(token: bytes) -> tuple[bytes, bytes]:
    """The JWS, and the words or nothing."""
    jws, _, kept = token.partition(b"~")
    return jws, kept
