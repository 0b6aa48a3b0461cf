"""Bech32 text of keys, without BIP 173's limit of 90 characters. Source: BIP 173, as c2sp.org/age uses it.

    text = prefix '1' data checksum[6]

All small or all capital letters; the checksum is over the small ones. Each character of the data carries 5 bits; the
bits left over at the end are zero and fewer than 5.
"""

from typing import Final

from comity.base.errors import Malformed

_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES: Final = {letter: value for value, letter in enumerate(_LETTERS)}
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM: Final = 6


def encode(prefix: str, data: bytes) -> str:
    """The text, in small letters."""
    values = _regroup(data, 8, 5, fill=True)
    rest = _polymod([*_expanded(prefix), *values, *[0] * _CHECKSUM]) ^ 1
    check = [(rest >> 5 * (_CHECKSUM - 1 - place)) & 31 for place in range(_CHECKSUM)]
    return prefix + "1" + "".join(_LETTERS[value] for value in [*values, *check])


def decode(text: str) -> tuple[str, bytes]:
    """Prefix, in small letters, and data. Raises Malformed, without repeating the text: it may be a private key."""
    if text not in (text.lower(), text.upper()):
        raise _not_bech32("small and capital letters are mixed")
    prefix, mark, rest = text.lower().rpartition("1")
    if not mark or not prefix or len(rest) < _CHECKSUM or not all(33 <= ord(letter) <= 126 for letter in prefix):
        raise _not_bech32("it has no prefix, or is too short")
    if any(letter not in _VALUES for letter in rest):
        raise _not_bech32("a character that does not occur in Bech32")
    values = [_VALUES[letter] for letter in rest]
    if _polymod([*_expanded(prefix), *values]) != 1:
        raise _not_bech32("its checksum does not hold")
    return prefix, _regroup(bytes(values[:-_CHECKSUM]), 5, 8, fill=False)


def _regroup(data: bytes, old: int, new: int, *, fill: bool) -> bytes:
    held = bits = 0
    found = bytearray()
    for value in data:
        held = (held << old | value) & 0xFFFF
        bits += old
        while bits >= new:
            bits -= new
            found.append(held >> bits & (1 << new) - 1)
    if fill:
        if bits:
            found.append(held << new - bits & (1 << new) - 1)
    elif bits >= old or held & (1 << bits) - 1:
        raise _not_bech32("the bits at its end are not zero")
    return bytes(found)


def _expanded(prefix: str) -> list[int]:
    return [ord(letter) >> 5 for letter in prefix] + [0] + [ord(letter) & 31 for letter in prefix]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(_GENERATOR):
            if top >> place & 1:
                check ^= term
    return check


def _not_bech32(what: str) -> Malformed:
    return Malformed(f"not a key in Bech32: {what}", hint="copy the whole line again")
