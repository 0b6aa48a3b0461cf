"""Open a package: in one reading, in one order, and nothing under its final name before the last check.

Source: docs/formats/evidence.md, section 3. The ciphertext is read and hashed by one thread, decrypted by another, its
content hashed and written by a third.
"""

import io
from contextlib import closing
from itertools import groupby
from typing import Final

from comity.base.errors import BrokenSeal, NotPermitted
from comity.crypto import age
from comity.crypto.age_keys import Identity, read_identity
from comity.crypto.age_payload import BLOCK
from comity.evidence import bag
from comity.evidence.ahead import HashingReadAhead
from comity.evidence.conveyor import Conveyor
from comity.evidence.manifest import Head, Manifest
from comity.evidence.outside import BROKEN_HINT, Outer, located, verify_outer, verify_tags
from comity.evidence.record import RECORD_LIMIT, Record, open_record
from comity.evidence.streams import PackageSink, PackageSource, Progress, Tally
from comity.evidence.unpacking import Unpacker

__all__ = ["Outer", "open_sealed", "read_record", "verify_outer"]

_RECORD: Final = bag.pack_name(0)


def open_sealed(
    package: PackageSource,
    identity: str | Identity,
    out: PackageSink,
    *,
    signer_key: bytes,
    sealer_key: bytes | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Check and open a package: its files go to `out` under `data/`, with the manifest and its signature beside them.

    1. the outer signature; 2. the tag files, and that no file is missing or too many; 3. decryption of the record;
    4. the inner signature, and that inside and outside speak of the same package; 5. decryption of the packs, the
    digest of their ciphertext, and the digest of every file in them.
    `out` is committed after step 5 and discarded on any error before it.

    signer_key: of the authority that signed the package; sealer_key: of the one that sealed it first, if another.
    progress: called with the bytes of evidence written, and in all.
    Raises BadSignature, BrokenSeal, TooLarge, Malformed; NotPermitted if it is not sealed for `identity`; Unavailable
    or Conflict from the disk.
    """
    try:
        outer = verify_tags(package, signer_key, sealer_key=sealer_key)
        record = read_record(package, outer, identity, sealer_key or signer_key)
        tally = Tally(progress, record.manifest.content_bytes)
        for n, items in groupby(sorted(record.manifest.items, key=lambda item: item.pack), key=lambda item: item.pack):
            with (
                closing(Unpacker(list(items), out, tally)) as unpacker,
                Conveyor(unpacker.write, BLOCK) as belt,
            ):
                _decrypt(package, outer, n, belt, identity)
            unpacker.finish()
        out.make_folder("data")
        for name, data in record.files.items():
            with out.create(name) as sink:
                sink.write(data)
        out.commit()
    except BaseException:
        out.discard()
        raise
    return record.manifest


def read_record(package: PackageSource, outer: Outer, identity: str | Identity, public: bytes) -> Record:
    """The record of a package whose tag files hold: steps 3 and 4 of `open_sealed`. Raises as it does.

    public: the Ed25519 key of the authority that sealed it first.
    """
    key = read_identity(identity) if isinstance(identity, str) else identity
    recipient = getattr(key, "recipient", "")
    if age.recipient_id(recipient) not in outer.envelope.recipients:
        raise NotPermitted(
            "the package is not sealed for this key", hint="comity/envelope.json lists the keys it is sealed for"
        )
    size, digest = outer.packs[_RECORD]
    if size > RECORD_LIMIT + RECORD_LIMIT // 1024:
        raise BrokenSeal("the record is larger than one may be", where=_RECORD, hint=BROKEN_HINT)
    plain = io.BytesIO()
    try:
        with package.open(_RECORD) as stream, HashingReadAhead(stream, size, _RECORD) as source:
            age.decrypt_stream(source, plain, key, where=_RECORD)
            bag.check_unchanged(_RECORD, source.finish().value, digest)
    except BrokenSeal as error:
        raise located(package, outer, _RECORD, error) from None
    record = open_record(plain.getvalue(), public)
    _check_same(record.manifest.head, outer.sealed)
    expected = {0, *(item.pack for item in record.manifest.items)}
    if expected != {pack.n for pack in outer.envelope.packs}:
        raise BrokenSeal("more packs, or fewer, than the manifest needs", where=bag.ENVELOPE, hint=BROKEN_HINT)
    return record


def _decrypt(package: PackageSource, outer: Outer, n: int, belt: Conveyor, identity: str | Identity) -> None:
    name = bag.pack_name(n)
    size, digest = outer.packs[name]
    try:
        with package.open(name) as stream, HashingReadAhead(stream, size, name) as source:
            for piece in age.decrypted(source, identity, where=name, memory=belt.free):
                belt.send(piece, len(piece))
            bag.check_unchanged(name, source.finish().value, digest)
    except BrokenSeal as error:
        raise located(package, outer, name, error) from None


def _check_same(head: Head, envelope: bag.Envelope) -> None:
    inside = (head.package, head.mode, head.sealed_by, head.sealed_for, head.sealed_at)
    outside = (envelope.package, envelope.mode, envelope.from_, envelope.to, envelope.sealed_at)
    named = tuple(age.recipient_id(recipient) for recipient in head.recipients)
    suite = bag.SUITES[age.check_recipients(head.recipients)]
    if inside != outside or named != envelope.recipients or suite != envelope.suite:
        raise BrokenSeal("the manifest inside belongs to another package", where=bag.ENVELOPE, hint=BROKEN_HINT)
