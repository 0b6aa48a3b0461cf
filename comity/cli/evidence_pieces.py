"""`comity evidence prove-piece, verify-piece`: one MiB of one file, proved without the rest."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited, write_whole
from comity.adapters.sources_files import FolderSource
from comity.base.counted import counted
from comity.cli import output
from comity.cli.evidence_inputs import (
    IdentityFile,
    Key,
    MaybeConfig,
    Package,
    SealerKey,
    identity_of,
    keys_of,
    maybe_node,
)
from comity.cli.options import Json, PassphraseFile
from comity.evidence import proof as proofs
from comity.evidence.opening import read_record
from comity.evidence.outside import verify_tags


def prove_one(
    package: Package,
    file: Annotated[str, typer.Option(help="The file's path, as the package lists it.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the proof.")],
    piece: Annotated[int, typer.Option(help="Which piece, from 0: one is 1 MiB.", min=0)] = 0,
    identity: IdentityFile = None,
    key: Key = None,
    sealer_key: SealerKey = None,
    config: MaybeConfig = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write a proof that one piece of one file is what was sealed. It shows nothing of the other files.

    \b
    Example: comity evidence prove-piece 0193.../ --file disk.img --piece 812 -o piece.json -i key.txt --key key.pem
    """
    source = FolderSource(package)
    with maybe_node(config, passphrase_file) as node:
        keys = keys_of(source, key, sealer_key, node)
        reader = identity_of(identity, node, passphrase_file)
    outer = verify_tags(source, keys.package, sealer_key=keys.sealer)
    record = read_record(source, outer, reader, keys.sealer)
    data = proofs.prove_piece(record, outer.package_digest, outer.envelope.suite, file, piece)
    write_whole(out, data, replace=False)
    if as_json:
        output.emit_json({"ok": True, "proof": str(out), "package": str(outer.package_digest), "bytes": len(data)})
        return
    output.result(f"{output.clean(str(out))}: piece {piece} of {output.clean(file)}, {counted(len(data), 'byte')}")


def verify_one(
    package: Package,
    proof: Annotated[Path, typer.Argument(help="The proof.")],
    identity: IdentityFile = None,
    key: Key = None,
    sealer_key: SealerKey = None,
    config: MaybeConfig = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Check a proof and the piece it is of, reading that piece alone.

    \b
    Example: comity evidence verify-piece 0193.../ piece.json --identity key.txt --key authority.pem
    """
    source = FolderSource(package)
    with maybe_node(config, passphrase_file) as node:
        keys = keys_of(source, key, sealer_key, node)
        reader = identity_of(identity, node, passphrase_file)
    found = proofs.verify_piece(
        read_limited(proof, proofs.LIMIT), source, reader, package_key=keys.package, sealer_key=keys.sealer
    )
    facts = {
        "file": found.item.path,
        "bytes": f"{found.start} to {found.end - 1}" if found.end > found.start else "none: the file is empty",
        "sealed by": found.head.sealed_by,
        "read": f"{counted(found.chunks_read, 'chunk')} of 64 KiB, {counted(found.hashes, 'hash', 'hashes')}",
    }
    if as_json:
        output.emit_json(
            {
                "ok": True,
                "file": found.item.path,
                "start": found.start,
                "end": found.end,
                "read": found.chunks_read,
                "hashes": found.hashes,
            }
        )
        return
    output.facts(facts)
    output.result("the piece is the one that was sealed")
