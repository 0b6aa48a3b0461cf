"""Tar headers of one fixed form: the same member always gives the same bytes.

Source: POSIX.1-2017, pax, 'ustar Interchange Format' and 'pax Extended Header'. Layout of a member, in 512-byte
blocks:

    [pax header 'x', its records]  only if the name is not ASCII, is over 100 bytes, or the size is over 8 GiB - 1
    ustar header                   name, mode 0000644 (folder 0000755), owner 0, size, mtime, type 0 (folder 5)
    content, filled up with zero bytes to a whole block

After the last member two blocks of zero bytes; nothing more. Because headers are fixed, a reader that knows what to
expect makes them itself and compares, and no tar parser ever sees bytes from outside.
"""

from typing import Final

BLOCK: Final = 512
END: Final = bytes(2 * BLOCK)
LARGEST_USTAR: Final = 8**11 - 1

_NAME_BYTES = 100
_REST = bytes(100) + b"ustar\x0000" + bytes(64) + b"0000000\x00" * 2 + bytes(155 + 12)
"""What follows the kind: no link, the format's name, no owner's name, no device, no prefix."""
_SUM_OF_REST = sum(_REST)
_PAX_NAME = "././@PaxHeader"
_NAME_IS_IN_PAX = "data/see-pax-header"


def header(name: str, size: int, *, mtime: int = 0, folder: bool = False) -> bytes:
    """What stands before a member's content. `mtime`: POSIX seconds, held within what ustar can write.

    `name` of a folder is given without the slash at its end, which is added.
    """
    written = name + "/" if folder else name
    records = b""
    short = written
    if not written.isascii() or len(written) > _NAME_BYTES:
        records += _record("path", written)
        short = _NAME_IS_IN_PAX
    if size > LARGEST_USTAR:
        records += _record("size", str(size))
    block = _ustar(short, 0 if size > LARGEST_USTAR else size, mtime, b"5" if folder else b"0")
    if not records:
        return block
    return _ustar(_PAX_NAME, len(records), 0, b"x") + records + padding(len(records)) + block


def header_size(name: str, size: int, *, folder: bool = False) -> int:
    """How long `header` of the same is."""
    if name.isascii() and len(name) + folder <= _NAME_BYTES and size <= LARGEST_USTAR:
        return BLOCK
    return len(header(name, size, folder=folder))


def padding(size: int) -> bytes:
    """The zero bytes that fill up content of `size` bytes to a whole block."""
    return bytes(-size % BLOCK)


def _record(keyword: str, value: str) -> bytes:
    """'LENGTH keyword=value LF', where LENGTH counts itself."""
    body = f" {keyword}={value}\n".encode()
    length = len(body) + len(str(len(body)))
    if len(str(length)) + len(body) != length:
        length += 1
    return str(length).encode("ascii") + body


def _ustar(name: str, size: int, mtime: int, kind: bytes) -> bytes:
    front = b"%b%b%b0000000\x000000000\x00%011o\x00%011o\x00" % (
        name.encode("ascii"),
        bytes(_NAME_BYTES - len(name)),
        b"0000755\x00" if kind == b"5" else b"0000644\x00",
        size,  # before it, owner and group 0: names and numbers of accounts are nobody's business
        min(max(mtime, 0), LARGEST_USTAR),
    )
    # The checksum counts its own field as spaces: 8 times 32.
    checksum = sum(front) + 256 + kind[0] + _SUM_OF_REST
    return b"%b%06o\0 %b%b" % (front, checksum, kind, _REST)
