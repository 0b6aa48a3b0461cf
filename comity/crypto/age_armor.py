"""The text form of an age file, as `age -a` and `age -p -a` write it. Only read, and only small: keys are kept so.

Source: c2sp.org/age, 'ASCII armor': RFC 7468 strict PEM with the label AGE ENCRYPTED FILE. White space before and
after it is passed over, lines may end in CR LF, and nothing else is forgiven.
"""

import re
from base64 import b64decode, b64encode
from typing import Final

from comity.base.errors import BrokenSeal

BEGIN: Final = b"-----BEGIN AGE ENCRYPTED FILE-----"
END: Final = b"-----END AGE ENCRYPTED FILE-----"
_COLUMNS: Final = 64
_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2}")


class ArmorFault(BrokenSeal):
    """Not the text form of an age file."""


def is_armored(data: bytes) -> bool:
    return data.lstrip().startswith(b"-----")


def read_armor(data: bytes) -> bytes:
    """The binary file in its text form. Raises ArmorFault."""
    lines = data.strip(b" \t\r\n").replace(b"\r\n", b"\n").split(b"\n")
    if len(lines) < 2 or lines[0] != BEGIN or lines[-1] != END:
        raise _fault("its first or last line")
    *full, last = lines[1:-1] or [b""]
    if any(len(line) != _COLUMNS for line in full) or len(last) > _COLUMNS:
        raise _fault("a line that is not of 64 characters")
    text = b"".join([*full, last])
    if text and (not last or not _LINE.fullmatch(text) or len(text) % 4):
        raise _fault("not base64")
    found = b64decode(text)
    if b64encode(found) != text:
        raise _fault("base64 that is not canonical")
    return found


def _fault(what: str) -> ArmorFault:
    return ArmorFault(f"not an age file in text form: {what}", hint="copy it again, from BEGIN to END")
