"""What the C2SP text formats are made of: decimal numbers, hashes in base64, the three lines of a checkpoint.

One spelling for one value: no leading zeros, no sign, padded canonical base64.
"""

import re
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import from_b64
from comity.base.errors import Malformed

SIZE_LIMIT: Final = 2**63 - 1
"""The most entries a log may have, and the latest POSIX second a cosignature may name."""

_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


def read_decimal(text: str, what: str) -> int:
    """A number from 0 to 2^63 - 1, or Malformed. `what` names it in the message, as 'the tree size'."""
    if not _DECIMAL.fullmatch(text) or int(text) > SIZE_LIMIT:
        raise Malformed(f"{what} is not a decimal number", hint="digits only, no leading zero, below 2^63")
    return int(text)


def read_hash(text: str, what: str) -> Digest:
    """A SHA-256 hash of 44 base64 characters, or Malformed."""
    try:
        return Digest(from_b64(text))
    except Malformed:
        raise Malformed(f"{what} is not a hash", hint="32 bytes in padded base64: 44 characters") from None


def read_head(text: str) -> tuple[str, int, Digest]:
    """Origin, size and root of a checkpoint's text, or Malformed.

    Exactly three lines: tlog-checkpoint lets extension lines follow and advises against them; here there are none.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:
        raise Malformed("a checkpoint's text is three lines", hint="origin, size, root hash; no extension lines")
    return lines[0], read_decimal(lines[1], "the tree size"), read_hash(lines[2], "the root hash")
