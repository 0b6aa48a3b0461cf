"""Signed notes: a text and the signatures under it, as lines a person can read (C2SP signed-note v1.0.0).

    comity.example/log
    3
    WdB0o/7iXunPoV8bBLcqtTOFpeEx7Qid4CBLgwwil8c=

    — comity.example/log D8fj7SECqw4K54iqGWRyUiKNiC0Xxdf7JllW/ppdXyV+2VNMe+CLWuf/Gyt2uQFeDguvfOMqOfCIp3qA14G+VkzaTAs=

Rules: the text ends at the last empty line and is trusted only once a known key's signature verified. A signature by
an unknown key is ignored; one by a known key that does not verify condemns the note. A key is known by its name and
id together. A note is at most 256 KiB and has 1 to 64 signatures (the specification asks for at least 16; one of
ML-DSA-44 is about 3.3 KB).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import b64, from_b64
from comity.base.errors import BadSignature, Malformed
from comity.base.instants import Instant
from comity.base.parsing import check_size
from comity.crypto.signatures import Signer
from comity.transparency.signature_kinds import Kind, check

NOTE_LIMIT: Final = 256 * 1024
SIGNATURES_LIMIT: Final = 64

_DASH = "— "
_HINT = "C2SP signed-note: a text, an empty line, then signature lines"


def check_name(name: str) -> str:
    """A key's name: not empty, no space, no plus, no control character; or Malformed."""
    if not name or any(c.isspace() or c == "+" or c < " " for c in name) or _bytes(name) is None:
        raise Malformed("not a key name", hint="a name without spaces or plus, as log.example/xa-centre")
    return name


def _bytes(text: str) -> bytes | None:
    try:
        return text.encode()
    except UnicodeEncodeError:
        return None


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key and the name and kind of signature it is trusted for."""

    name: str
    kind: Kind
    public: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.public) != self.kind.public_bytes:
            raise Malformed(f"a key of this kind is {self.kind.public_bytes} bytes", hint="check the key's type byte")

    @property
    def key_id(self) -> bytes:
        """The first 4 bytes of SHA-256(name, 0x0A, kind, public key)."""
        return Digest.of(self.name.encode(), b"\n", bytes((self.kind,)), self.public).value[:4]

    @property
    def vkey(self) -> str:
        """The key as text: name, id in hexadecimal and base64 of kind and key, joined by plus signs."""
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes((self.kind,)) + self.public)}"

    def check(self, text: str, signature: "NoteSignature") -> Instant | None:
        """Check this key's signature of `text`; the moment it was made, if it says. Raises BadSignature."""
        return check(self.kind, self.name, self.public, text, signature.blob)


def parse_vkey(text: str) -> VerifierKey:
    """A verifier key from its text; Malformed if it is of an unknown kind or its id is not that of its key."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    material = from_b64(encoded)
    try:
        kind = Kind(material[0])
    except (IndexError, ValueError):
        raise Malformed("a key of an unknown kind", hint="known are types 0x01, 0x04 and 0x06") from None
    key = VerifierKey(name, kind, material[1:])
    if key.key_id.hex() != key_id:
        raise Malformed("the key's id does not belong to it", hint="copy the whole line again from its source")
    return key


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One line under a note: who signed (`name` and 4-byte `key_id`) and the bytes their kind of key made."""

    name: str
    key_id: bytes
    blob: bytes

    def __post_init__(self) -> None:
        check_name(self.name)
        if len(self.key_id) != 4 or not self.blob:
            raise Malformed("a note's signature is a 4-byte key id and at least one byte", hint=_HINT)

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {b64(self.key_id + self.blob)}\n"

    def is_by(self, key: VerifierKey) -> bool:
        """Whether it claims to be this key's; says nothing of whether it verifies."""
        return self.name == key.name and self.key_id == key.key_id


@dataclass(frozen=True, slots=True)
class SignedNote:
    """A text that ends in a line feed, and 1 to 64 signatures; none of them checked yet."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or any(c < " " and c != "\n" for c in self.text) or _bytes(self.text) is None:
            raise Malformed(
                "not the text of a note", hint="UTF-8 lines, each ended by a line feed, no control characters"
            )
        if not 1 <= len(self.signatures) <= SIGNATURES_LIMIT:
            raise Malformed(f"a note has 1 to {SIGNATURES_LIMIT} signatures", hint=_HINT)

    def signed_also(self, signatures: Iterable[NoteSignature]) -> "SignedNote":
        """The note with more signatures under it; one it already has is not added again."""
        return SignedNote(self.text, tuple(dict.fromkeys((*self.signatures, *signatures))))


def parse_note(data: bytes) -> SignedNote:
    """A note from its bytes, its signatures unchecked. Raises TooLarge, Malformed."""
    check_size(data, NOTE_LIMIT, "the note")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("the note is not UTF-8", hint=_HINT) from None
    end = text.rfind("\n\n")
    if end < 0:
        raise Malformed("the note has no empty line before its signatures", hint=_HINT)
    return SignedNote(text[: end + 1], _signatures(text[end + 2 :]))


def format_note(note: SignedNote) -> bytes:
    """The bytes of a note; `parse_note` gives it back."""
    return f"{note.text}\n".encode() + format_signatures(note.signatures)


def parse_signatures(data: bytes) -> tuple[NoteSignature, ...]:
    """Signature lines alone, as a witness answers with. Raises TooLarge, Malformed."""
    check_size(data, NOTE_LIMIT, "the signature lines")
    try:
        return _signatures(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise Malformed("the signature lines are not UTF-8", hint=_HINT) from None


def format_signatures(signatures: Iterable[NoteSignature]) -> bytes:
    return "".join(signature.line for signature in signatures).encode()


def _signatures(text: str) -> tuple[NoteSignature, ...]:
    lines = text.split("\n")  # not splitlines: the only line end of a note is LF
    if lines.pop() or not lines or len(lines) > SIGNATURES_LIMIT:
        raise Malformed(f"expected 1 to {SIGNATURES_LIMIT} signature lines, each ended by a line feed", hint=_HINT)
    return tuple(_signature(line) for line in lines)


def _signature(line: str) -> NoteSignature:
    if not line.startswith(_DASH):
        raise Malformed("a signature line does not begin with an em dash and a space", hint=_HINT)
    name, _, encoded = line[len(_DASH) :].partition(" ")
    data = from_b64(encoded)
    return NoteSignature(name, data[:4], data[4:])


def sign_text(text: str, name: str, signer: Signer) -> SignedNote:
    """A note with one signature of kind 0x01: Ed25519 over exactly `text`."""
    key = VerifierKey(name, Kind.ED25519, signer.public)
    return SignedNote(text, (NoteSignature(name, key.key_id, signer.sign(text.encode())),))


def verify_note(note: SignedNote, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """The keys among `keys` that signed the note, each once, in the order of `keys`.

    Raises BadSignature if a known key's signature does not verify or if no known key signed.
    """
    signed: list[VerifierKey] = []
    for key in dict.fromkeys(keys):
        theirs = [signature for signature in note.signatures if signature.is_by(key)]
        for signature in theirs:
            key.check(note.text, signature)
        if theirs:
            signed.append(key)
    if not signed:
        raise BadSignature("no trusted key signed this note", hint="check the keys you trust, or refuse it")
    return tuple(signed)
