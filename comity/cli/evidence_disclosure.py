"""`comity evidence disclose, verify-disclosure`: a part of a package, with proof of what is withheld."""

import hashlib
import shutil
from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited, write_whole
from comity.adapters.sources_files import FolderSink, FolderSource, find_sources
from comity.base.counted import counted
from comity.base.digests import Digest
from comity.cli import output
from comity.cli.evidence_folders import keep, working_folder
from comity.cli.evidence_inputs import (
    IdentityFile,
    Key,
    Package,
    SealerKey,
    identity_of,
    keys_of,
    read_public,
)
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.progress import bytes_done
from comity.cli.session import opened
from comity.evidence import disclosure
from comity.evidence.manifest import ITEMS_LIMIT
from comity.evidence.opening import open_sealed, read_record
from comity.evidence.outside import verify_tags
from comity.evidence.streams import Fillable
from comity.workflows import seal_apart

_FILES = "files"
_BLOCK = 1 << 20
_LIMITS = {disclosure.MANIFEST: 1 << 20, disclosure.SIGNATURE: 1 << 20, disclosure.ITEMS: 2 * ITEMS_LIMIT}


def disclose(
    package: Package,
    file: Annotated[list[str], typer.Option(help="A file to give, by its path in the package. Once for each.")],
    to: Annotated[list[str], typer.Option(help="An age recipient, as of the defence. Once for each reader.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to put the new package in.")],
    config: Config,
    person: Person,
    reason: Annotated[str, typer.Option(help="Why these are given and the others are not.")],
    sealed_for: Annotated[str, typer.Option("--for", help="The node it is for; else this one.")] = "",
    identity: IdentityFile = None,
    key: Key = None,
    sealer_key: SealerKey = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a smaller package of some files. Its list proves what was sealed, and what is withheld, without naming it.

    \b
    Example: comity evidence disclose 0193/ --file 1.eml --to age1... -o out/ -c xa.toml --as bo --reason "order 7"
    """
    source = FolderSource(package)
    with opened(config, passphrase_file) as node, bytes_done("disclosing") as progress:
        keys = keys_of(source, key, sealer_key, node)
        reader = identity_of(identity, node, passphrase_file)
        outer = verify_tags(source, keys.package, sealer_key=keys.sealer)
        shown = disclosure.disclose(read_record(source, outer, reader, keys.sealer), file)
        with working_folder(out, node) as working:
            clear = working.with_name(working.name.replace("sealing", "opened"))
            try:
                open_sealed(source, reader, FolderSink(clear), signer_key=keys.package, sealer_key=keys.sealer)
                given = clear / "given"
                for path in file:
                    target = given / _FILES / path
                    target.parent.mkdir(parents=True, exist_ok=True)
                    (clear / "data" / path).rename(target)
                for name, data in shown.items():
                    write_whole(given / name, data)
                apart = seal_apart.seal_apart(
                    node.office,
                    person,
                    find_sources(given),
                    FolderSink(working),
                    recipients=to,
                    sealed_for=sealed_for or node.office.node,
                    reference=str(outer.package_digest),
                    how=reason,
                    progress=progress,
                )
            finally:
                shutil.rmtree(clear, ignore_errors=True)
    keep(working, apart, as_json)


def _digest_of(stream: Fillable) -> Digest:
    found, block = hashlib.sha256(), memoryview(bytearray(_BLOCK))
    while size := stream.readinto(block):
        found.update(block[:size])
    return Digest(found.digest())


def verify_disclosure(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The package, opened.")],
    sealer_key: Annotated[Path, typer.Option(help="PEM file: public key of the authority that sealed it first.")],
    as_json: Json = False,
) -> None:
    """Check an opened disclosure: that what is given is what was sealed, and how much is withheld.

    \b
    Example: comity evidence verify-disclosure opened/ --sealer-key authority.pem
    """
    data = folder / "data"
    files = {name: read_limited(data / name, limit) for name, limit in _LIMITS.items()}
    found = disclosure.verify_disclosure(files, read_public(sealer_key))
    sources = find_sources(data / _FILES) if (data / _FILES).is_dir() else ()
    digests = {}
    for source in sources:
        if source.kind == "file":
            with source.open() as stream:
                digests[source.path] = _digest_of(stream)
    disclosure.check_files(found, digests)
    if as_json:
        output.emit_json(
            {"ok": True, "given": sorted(digests), "withheld": found.withheld, "sealed_by": found.head.sealed_by}
        )
        return
    output.table(("File", "SHA-256"), [(path, str(digest)) for path, digest in sorted(digests.items())])
    given = counted(len(digests), "file")
    output.result(f"{given} as {output.clean(found.head.sealed_by)} sealed them; {found.withheld} withheld")
