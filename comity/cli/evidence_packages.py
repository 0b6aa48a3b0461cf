"""`comity evidence seal, verify, open, add-recipient, check-bag`: packages as folders, in a case or outside one."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited, write_whole
from comity.adapters.sources_files import FileSource, FolderSink, FolderSource, find_sources
from comity.base.counted import counted
from comity.base.errors import BrokenSeal, Malformed
from comity.base.instants import Instant
from comity.cli import output
from comity.cli.case_view import tell
from comity.cli.evidence_folders import CHAIN_LIMIT, custody_file, keep, working_folder
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
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.progress import bytes_done
from comity.cli.session import opened
from comity.crypto.timestamps import verify_response
from comity.evidence import bag, custody, foreign_bag
from comity.evidence.opening import open_sealed, read_record
from comity.evidence.outside import read_tag, verify_outer, verify_tags
from comity.evidence.salvage import salvage
from comity.workflows import read_cases, seal_apart, seal_evidence


def seal(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files and folders.")],
    config: Config,
    person: Person,
    how: Annotated[str, typer.Option(help="How it was collected, in a sentence a court can read.")],
    to: Annotated[list[str] | None, typer.Option(help="An age recipient (age1...). Once for each reader.")] = None,
    case_id: Annotated[
        str, typer.Option("--case", help="The case that ordered it; its readers are in the order.")
    ] = "",
    out: Annotated[Path | None, typer.Option("--out", "-o", help="Outside a case: the folder to put it in.")] = None,
    sealed_for: Annotated[str, typer.Option("--for", help="Outside a case: the node it is for; else this one.")] = "",
    reference: Annotated[str, typer.Option(help="Outside a case: your own file number.")] = "none",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Seal files and folders, read once, and begin their custody: for a case, or into a folder for named readers.

    \b
    Example: comity evidence seal export/ --case 77b0 --config provider/comity.toml --as lee --how "export of the mail"
    Example: comity evidence seal disk.img --to age1... -o out/ --config xb/comity.toml --as olga --how "imaged at 9:30"
    """
    if bool(case_id) == bool(to and out) or (case_id and (to or out or sealed_for)):
        raise Malformed("for a case, or to readers into a folder", hint="--case ID; or --to age1... and --out FOLDER")
    sources = _sources(paths)
    with opened(config, passphrase_file) as node, bytes_done("sealing", sum(one.size for one in sources)) as progress:
        if case_id:
            found = read_cases.find(node.office, case_id)
            case, sealed = seal_evidence.seal_evidence(
                node.office, person, found.id, sources, how=how, progress=progress
            )
        else:
            assert out is not None
            with working_folder(out, node) as working:
                apart = seal_apart.seal_apart(
                    node.office,
                    person,
                    sources,
                    FolderSink(working),
                    recipients=to or [],
                    sealed_for=sealed_for or node.office.node,
                    reference=reference,
                    how=how,
                    progress=progress,
                )
            sealed = apart.sealed
    if case_id:
        tell(case, as_json)
        if not as_json:
            output.result(f"package {sealed.package_digest}: {counted(len(sealed.manifest.items), 'item')}")
        return
    keep(working, apart, as_json)


def verify(
    package: Package,
    key: Key = None,
    sealer_key: SealerKey = None,
    time_authority: Annotated[
        Path | None, typer.Option(help="PEM file: root certificate of the time-stamp authority you trust.")
    ] = None,
    config: MaybeConfig = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Check a package from outside, without a decryption key: signature, time-stamp, and the digest of every file.

    \b
    Example: comity evidence verify 0193.../ --key authority.pem --time-authority tsa.pem
    """
    source = FolderSource(package)
    with maybe_node(config, passphrase_file) as node:
        keys = keys_of(source, key, sealer_key, node)
    with bytes_done("checking") as progress:
        outer = verify_outer(source, keys.package, sealer_key=keys.sealer, progress=progress)
    stamped = "none"
    if outer.stamp is not None:
        stamped = f"{outer.stamp.at}, its authority not checked: --time-authority"
        if time_authority is not None:
            root = read_limited(time_authority, 1 << 20)
            stamp = verify_response(read_tag(source, bag.STAMP), read_tag(source, bag.SIGNATURE), [root])
            stamped = f"{stamp.at}, by an authority under {time_authority.name}"
    elif time_authority is not None:
        raise BrokenSeal("no time-stamp is in the package", hint="its sealer asked no time-stamp authority")
    facts = {
        "package": str(outer.package_digest),
        "sealed by": outer.sealed.from_,
        "sealed for": outer.sealed.to,
        "sealed at": str(Instant.from_seconds(outer.sealed.sealed_at)),
        "made of": outer.envelope.prior or "nothing: it is as it was sealed",
        "made by": outer.envelope.from_,
        "made for": outer.envelope.to,
        "made at": str(Instant.from_seconds(outer.envelope.sealed_at)),
        "time-stamp": stamped,
        "mode": outer.envelope.mode,
        "bytes": str(sum(size for size, _ in outer.packs.values())),
    }
    if as_json:
        output.emit_json({"ok": True, **{name.replace(" ", "_").replace("-", "_"): v for name, v in facts.items()}})
        return
    output.facts(facts)
    output.result("signature and every digest hold; what is inside was not looked at")


def open_package(
    package: Package,
    out: Annotated[Path, typer.Argument(help="A new folder for the opened files.")],
    identity: IdentityFile = None,
    key: Key = None,
    sealer_key: SealerKey = None,
    with_losses: Annotated[
        bool, typer.Option("--salvage", help="Go on past damage: zeros in its place, and a list of what is lost.")
    ] = False,
    config: MaybeConfig = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Open a package outside a case, checking everything. In a case, examine it instead: that is recorded.

    \b
    Example: comity evidence open 0193.../ opened/ --identity key.txt --key authority.pem
    """
    source = FolderSource(package)
    with maybe_node(config, passphrase_file) as node:
        keys = keys_of(source, key, sealer_key, node)
        reader = identity_of(identity, node, passphrase_file)
    lost: tuple[object, ...] = ()
    with bytes_done("opening") as progress:
        if with_losses:
            manifest, lost = salvage(
                source, reader, FolderSink(out), signer_key=keys.package, sealer_key=keys.sealer, progress=progress
            )
        else:
            manifest = open_sealed(
                source, reader, FolderSink(out), signer_key=keys.package, sealer_key=keys.sealer, progress=progress
            )
    if as_json:
        output.emit_json(
            {
                "ok": not lost,
                "items": len(manifest.items),
                "bytes": manifest.content_bytes,
                "lost": [str(one) for one in lost],
            }
        )
    else:
        output.table(("File", "Bytes", "SHA-256"), [(one.path, str(one.size), one.sha256) for one in manifest.items])
        for one in lost:
            output.say(output.clean(str(one)))
    if lost:
        if as_json:
            raise typer.Exit(1)
        raise BrokenSeal("saved with losses: not verified", where=str(out), hint="UNVERIFIED.txt in it lists them")


def add_recipient(
    package: Package,
    to: Annotated[list[str], typer.Option(help="An age recipient to let in. Once for each.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to put the new package in.")],
    config: Config,
    person: Person,
    reason: Annotated[str, typer.Option(help="Why they are let in.")],
    sealed_for: Annotated[str, typer.Option("--for", help="The node of the new readers; else this one.")] = "",
    identity: IdentityFile = None,
    key: Key = None,
    sealer_key: SealerKey = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a package that more readers can open: the headers are new, what was sealed stays as it is.

    Who could read it before still can. The old package's custody file, where there is one beside it, is told.

    \b
    Example: comity evidence add-recipient 0193.../ --to age1... -o out/ -c xa/comity.toml --as bo --reason "court"
    """
    source = FolderSource(package)
    beside = custody_file(package)
    chain = custody.from_lines(read_limited(beside, CHAIN_LIMIT)) if beside.is_file() else ()
    with opened(config, passphrase_file) as node, bytes_done("re-wrapping") as progress:
        keys = keys_of(source, key, sealer_key, node)
        reader = identity_of(identity, node, passphrase_file)
        outer = verify_tags(source, keys.package, sealer_key=keys.sealer)
        first = read_record(source, outer, reader, keys.sealer).manifest.head.recipients
        with working_folder(out, node) as working:
            apart, act = seal_apart.let_in(
                node.office,
                person,
                source,
                FolderSink(working),
                reader,
                keys=seal_apart.KeysOf(keys.package, keys.sealer),
                chain=chain,
                recipients=list(dict.fromkeys([*first, *to])),
                sealed_for=sealed_for or node.office.node,
                reason=reason,
                progress=progress,
            )
    if act:
        write_whole(beside, custody.to_lines([*chain, act]))
    keep(working, apart, as_json)


def check_bag(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A BagIt bag that somebody brought.")],
    as_json: Json = False,
) -> None:
    """Check any BagIt bag: complete, and every digest right. It says nothing about who made it.

    \b
    Example: comity evidence check-bag from-the-provider/
    """
    warnings = foreign_bag.check_bag(FolderSource(folder))
    if as_json:
        output.emit_json({"ok": True, "warnings": list(warnings)})
        return
    for warning in warnings:
        output.say(output.clean(warning))
    output.result("complete, and every digest is right; who made it is not known from a bag")


def _sources(paths: list[Path]) -> tuple[FileSource, ...]:
    """What is at each path. One folder is its content; of several paths each stands under its own name."""
    if len(paths) == 1:
        return find_sources(paths[0])
    return tuple(source for path in paths for source in find_sources(path, under=path.name))
