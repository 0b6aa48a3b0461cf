"""A harness: one parser, bytes to begin from, and what must hold for any bytes.

What holds: a typed error or a value, within a second of processor time; and where the format has one spelling, the
value written again is the bytes it was read from.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any, Final

from comity.base.encoding import to_json
from comity.base.errors import ComityError
from comity.crypto.signatures import Ed25519Signer

MOST_SECONDS: Final = 1.0
"""Of processor time, for one input; under the watch of the fuzzer `slower` times as much."""
FOUND: Final = Path(__file__).parent / "found"
"""Inputs that once did what they must not: a folder for each harness, a file for each."""
SEEDS: Final = Path(__file__).parent / "seeds"
"""Bytes of others, which nothing here could write."""
SIGNER: Final = Ed25519Signer(b"fuzz" * 8)
SPLIT: Final = b"\n--\n"
"""Between the parts of an input that has several."""


class Respelt(AssertionError):
    """Bytes were taken that are not the one spelling of what they say."""


class TooSlow(AssertionError):
    """An input took longer than any may."""


@dataclass(frozen=True)
class Harness:
    """parse: bytes -> value or ComityError. write: where the format has one spelling. words: a dictionary for the
    fuzzer. most_bytes: of one input."""

    name: str
    parse: Callable[[bytes], Any]
    seeds: Callable[[], Iterable[bytes]]
    write: Callable[[Any], bytes] | None = None
    words: tuple[bytes, ...] = ()
    most_bytes: int = 8192

    def run(self, data: bytes, *, slower: float = 1.0) -> bool:
        """Whether the bytes were taken. Raises what must not be raised."""
        began = process_time()
        try:
            value = self.parse(data)
        except ComityError as error:
            _is_told(error)
            return False
        else:
            if self.write is not None and self.write(value) != data:
                raise Respelt(f"{self.name}: taken, and written again it has other bytes")
            return True
        finally:
            if process_time() - began > MOST_SECONDS * slower:
                raise TooSlow(f"{self.name}: {process_time() - began:.1f} s for {len(data)} bytes")

    def begins_with(self) -> list[bytes]:
        """The seeds, and all that was ever found."""
        folder = FOUND / self.name
        return [*self.seeds(), *(file.read_bytes() for file in sorted(folder.glob("*")))]


def _is_told(error: ComityError) -> None:
    """An error must be printable: one line, whatever was in the input."""
    told = f"{error.explain()} {error.hint}"
    told.encode("utf-8", "backslashreplace")
    assert error.code and error.what, "an error without a code or a word"


def stable(read: Callable[[bytes], Any], write: Callable[[Any], bytes] = to_json) -> Callable[[bytes], Any]:
    """For a format with more than one spelling: what is read, written and read again says the same."""

    def parse(data: bytes) -> Any:
        value = read(data)
        if read(write(value)) != value:
            raise Respelt("written and read again it says something else")
        return value

    return parse


def text(read: Callable[[str], Any]) -> Callable[[bytes], Any]:
    """For a parser of text: bytes that are no UTF-8 become the lone surrogates that a terminal would give it."""
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def parts(data: bytes, count: int) -> list[bytes]:
    """The parts of an input, empty ones after those that are there."""
    found = data.split(SPLIT, count - 1)
    return [*found, *[b""] * (count - len(found))]


def by_name(*harnesses: Harness) -> Mapping[str, Harness]:
    found = {one.name: one for one in harnesses}
    assert len(found) == len(harnesses), "two harnesses of one name"
    return found
