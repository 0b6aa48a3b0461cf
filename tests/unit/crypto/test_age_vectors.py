"""Every vector that the authors of age publish: the class it must end in, and the bytes that may be given before."""

import hashlib
import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from comity.base.errors import ComityError
from comity.crypto.age import decrypt_stream
from comity.crypto.age_armor import ArmorFault, read_armor
from comity.crypto.age_header import HeaderFault, MacFault, NoMatch, Stanza
from comity.crypto.age_keys import Identity, PassphraseIdentity, read_identity
from comity.crypto.age_payload import PayloadFault

CLASSES: dict[type[ComityError], str] = {
    HeaderFault: "header failure",
    NoMatch: "no match",
    MacFault: "HMAC failure",
    PayloadFault: "payload failure",
    ArmorFault: "armor failure",
}
NOTHING = hashlib.sha256().hexdigest()


class AnyOf:
    """The identities of a vector, one after another."""

    def __init__(self, identities: Sequence[Identity]) -> None:
        self._identities = identities

    def unwrap(self, stanzas: Sequence[Stanza]) -> bytes | None:
        found = (identity.unwrap(stanzas) for identity in self._identities)
        return next((key for key in found if key is not None), None)


def tried(file: Path) -> tuple[str, str, str, str]:
    """Class and digest that the vector asks for, then those that came out."""
    head, _, body = file.read_bytes().partition(b"\n\n")
    lines = [line.split(": ", 1) for line in head.decode().splitlines()]
    fields = dict(lines)
    if "compressed" in fields:
        body = zlib.decompress(body)
    identities: list[Identity] = [read_identity(value) for key, value in lines if key == "identity"]
    identities += [PassphraseIdentity(value.encode()) for key, value in lines if key == "passphrase"]
    out = io.BytesIO()
    ended = "success"
    try:
        decrypt_stream(io.BytesIO(read_armor(body) if "armored" in fields else body), out, AnyOf(identities))
    except ComityError as error:
        ended = CLASSES.get(type(error), repr(error))
    return fields["expect"], fields.get("payload", NOTHING), ended, hashlib.sha256(out.getvalue()).hexdigest()


def test_every_vector_ends_in_its_class_and_gives_exactly_its_bytes(vectors: Path) -> None:
    folder = vectors / "age" / "cctv"
    if not folder.is_dir():
        pytest.skip("the age vectors (C2SP CCTV) are not in the vectors folder")
    results = {file.name: tried(file) for file in sorted(folder.iterdir())}
    assert len(results) == 143
    assert {name: found for name, found in results.items() if found[:2] != found[2:]} == {}
