"""One piece of one file, proved alone: without the other files, and without reading the rest of the pack.

A proof is a JSON file: the signed head of the manifest with its signature, the one line of the file with its path in
the tree over the lines, and the piece's digest with its path in the tree over the file's pieces. It shows nothing of
the other files but how many they are. Checking it against a package decrypts that piece and the last chunk, and reads
nothing else of the pack: at most 18 chunks of 64 KiB, and 20 hashes for a file of 1 TB.
"""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import BadProof, BadSignature, Malformed, NotFound
from comity.base.parsing import read_json
from comity.crypto import age, cms, merkle
from comity.crypto.age_keys import Identity
from comity.evidence import bag, pieces
from comity.evidence.manifest import HEAD_LIMIT, LINE_LIMIT, Head, Item, read_head, read_item
from comity.evidence.outside import verify_tags
from comity.evidence.record import Record
from comity.evidence.streams import PackageSource

LIMIT: Final = HEAD_LIMIT * 2 + cms.LIMIT * 2 + LINE_LIMIT * 2 + 64 * 1024
_Hex = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]


class PieceProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`head`, `signature`, `line`: bytes in base64url. Paths are sibling hashes from the leaf up."""

    v: Literal[1] = 1
    package: _Hex
    head: str
    signature: str
    line: str
    item: _Count
    item_path: Annotated[tuple[_Hex, ...], msgspec.Meta(max_length=64)]
    piece: _Count
    piece_path: Annotated[tuple[_Hex, ...], msgspec.Meta(max_length=64)]
    algorithm: pieces.Algorithm


@dataclass(frozen=True, slots=True)
class Proved:
    """What a proof shows: which bytes of which file, as of which sealing. `chunks_read`, `hashes`: what it took."""

    head: Head
    item: Item
    start: int
    end: int
    chunks_read: int
    hashes: int


def prove_piece(record: Record, package_digest: Digest, suite: str, path: str, index: int) -> bytes:
    """The proof of piece `index` (from 0) of the file `path`. Raises NotFound, or Malformed for no such piece."""
    numbers = [number for number, item in enumerate(record.manifest.items) if item.path == path]
    if not numbers or record.manifest.items[numbers[0]].kind != "file":
        raise NotFound("there is no such file in the package", hint="comity evidence open lists its files")
    item = record.manifest.items[numbers[0]]
    _range(item, index)
    lines = record.items.split(b"\n")[:-1]
    in_items = merkle.inclusion_path([merkle.leaf_hash(line) for line in lines], numbers[0])
    in_file = pieces.path_of(record.pieces_of(numbers[0]), index) if item.pieces else ()
    return to_json(
        PieceProof(
            package=str(package_digest),
            head=b64u(record.head),
            signature=b64u(record.signature),
            line=b64u(lines[numbers[0]]),
            item=numbers[0],
            item_path=tuple(map(str, in_items)),
            piece=index,
            piece_path=tuple(map(str, in_file)),
            algorithm=bag.PIECES[suite],
        )
    )


def verify_piece(
    data: bytes, package: PackageSource, identity: str | Identity, *, package_key: bytes, sealer_key: bytes
) -> Proved:
    """Check a proof, and that the piece in `package` is the one it proves.

    package_key: whose signature is on the package; sealer_key: whose is on the manifest; most often the same.
    Raises BadProof, BadSignature, BrokenSeal, Malformed or TooLarge.
    """
    outer = verify_tags(package, package_key, sealer_key=sealer_key)
    proof = read_json(data, PieceProof, limit=LIMIT, what="the proof")
    if proof.package != str(outer.package_digest) or proof.algorithm != bag.PIECES[outer.envelope.suite]:
        raise BadProof("the proof is of another package", hint="see which package it names")
    head_bytes, line = from_b64u(proof.head), from_b64u(proof.line)
    signed = cms.verify_detached(from_b64u(proof.signature), head_bytes, sealer_key)
    head = read_head(head_bytes)
    if (signed.node, signed.purpose) != (head.sealed_by, head.package):
        raise BadSignature("the manifest was signed for another package", hint="use nothing of it")
    merkle.verify_inclusion(
        merkle.leaf_hash(line), proof.item, head.items, _digests(proof.item_path), Digest.from_hex(head.root)
    )
    item = read_item(line, proof.item + 1)
    start, end = _range(item, proof.piece)
    name = bag.pack_name(item.pack)
    if name not in outer.packs:
        raise BadProof("the proof names a pack that is not there", hint="see which package it is of")
    with package.open(name) as stream:
        reader = age.seekable(stream, outer.packs[name][0], identity, where=name)
        content = reader.read_at(item.offset + start, end - start)
    if item.pieces:
        root, path = Digest.from_hex(item.pieces), _digests(proof.piece_path)
        pieces.verify_piece(content, proof.piece, pieces.count_of(item.size), path, root, proof.algorithm)
    elif str(Digest.of(content)) != item.sha256 or proof.piece_path:
        raise BadProof("the file is not the one that was signed for", where=name, hint="use nothing of it")
    return Proved(head, item, start, end, reader.chunks_read, len(proof.piece_path))


def _range(item: Item, index: int) -> tuple[int, int]:
    start, end = index * pieces.PIECE, min((index + 1) * pieces.PIECE, item.size)
    if index < 0 or (start >= end and index) or item.kind != "file":
        raise Malformed(f"the file has no piece {index}", hint="pieces count from 0; one is 1 MiB")
    return start, end


def _digests(path: tuple[str, ...]) -> tuple[Digest, ...]:
    return tuple(Digest.from_hex(one) for one in path)
