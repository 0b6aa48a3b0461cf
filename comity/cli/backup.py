"""`comity backup` and `comity restore`: a copy of a node, and a node from a copy."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters import backup_restore, backup_signature, backup_write
from comity.adapters.backup_manifest import KEYS, NODE, Manifest
from comity.adapters.clock import SystemClock
from comity.adapters.config import FILE_NAME, DatabaseTable, read_config
from comity.adapters.keys_file import KeyFiles, passphrase_key
from comity.adapters.sql.database import open_database
from comity.adapters.sql.server import Server
from comity.base.counted import counted
from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.cli import output, progress
from comity.cli.database_options import DatabaseUrl, PasswordFile, database_table
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import read_passphrase
from comity.crypto.signatures import Signer
from comity.exchange.directory import Use
from comity.wiring import database_of


def backup(
    config: Config,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write; it must not exist.")],
    with_keys: Annotated[
        bool, typer.Option("--with-keys", help="The keys too, sealed under the node's passphrase as they lie there.")
    ] = False,
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="Without a signature, where the node's keys cannot be had.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Copy a node into one file: its database, its evidence and its configuration. The node may run meanwhile.

    The file holds cases in the clear: keep it as you keep the node's folder. `signed-head` is never in it, nor are the
    keys unless you ask; the end says all that is not. It is signed with the node's receipt key: note its name, which a
    restore asks for.

    \b
    Example: comity backup --config xa/comity.toml -o xa-2026-11-22.backup
    """
    found = read_config(config)
    folder = config.resolve().parent
    signer = None if unsigned else _signer(folder, passphrase_file)
    database = open_database(database_of(found, folder))
    try:
        with progress.bytes_done("backup") as count:
            node = backup_write.Node(folder, found, database, signer)
            made = backup_write.write_backup(node, out, SystemClock().now(), with_keys=with_keys, count=count)
    finally:
        database.close()
    if as_json:
        output.emit_json(
            {"ok": True, "file": str(out), **_facts(made), **_signed(signer), "left_out": list(made.left_out)}
        )
        return
    output.result(f"{output.clean(str(out))}: {_summary(made)}")
    if signer is None:
        output.say("nobody signed it: whoever changes it is not found out, and it is restored only with --unverified")
    else:
        output.result(f"signed with the receipt key {signer.kid}")
    for one in made.left_out:
        output.say(f"not in it: {output.clean(one)}")


def _signer(folder: Path, passphrase_file: Path | None) -> Signer:
    """The node's receipt key. The database is not opened for it: a backup changes nothing."""
    passphrase = read_passphrase(passphrase_file)
    return KeyFiles(folder / KEYS, passphrase_key(passphrase, folder / KEYS)).signer(Use.RECEIPT)


def _signed(signer: Signer | None) -> dict[str, object]:
    return {"signed_by": "" if signer is None else signer.kid}


def restore(
    file: Annotated[Path, typer.Argument(help="A file that comity backup made.")],
    to: Annotated[Path, typer.Option("--to", help="A new folder for the node.")],
    signed_by: Annotated[
        str,
        typer.Option(
            "--signed-by",
            metavar="KEY",
            help="The receipt key that signed it: as comity backup printed it, or as a peer's directory lists it.",
        ),
    ] = "",
    unverified: Annotated[
        bool,
        typer.Option("--unverified", help="Restore it though nobody can tell any more which key signs for the node."),
    ] = False,
    database_url: DatabaseUrl = "",
    database_password_file: PasswordFile = None,
    as_json: Json = False,
) -> None:
    """Make a node from a backup, with its database in a file or on a server, whichever the backup was made of.

    All of the backup is checked before anything is written, first of all who signed it. The key itself is not needed:
    its name is enough, and where the node has lost it, a peer can read it out (comity directory show --json). A folder
    or a database that holds something is refused.

    \b
    Example: comity restore xa-2026-11-22.backup --to xa --signed-by UDDReOZl1ipXAfp9wYsm13sDBMK5og--QWdBjzuf6o4
    """
    table = database_table(database_url, database_password_file)
    with backup_restore.opened(file) as (archive, manifest):
        found = backup_signature.signer_of(archive, manifest)
        if bool(signed_by) == unverified:
            raise Malformed(
                "who signed the backup must be told" if not signed_by else "either its key is known, or it is not",
                where="--signed-by",
                hint=f"it names {found or 'nobody'} itself: compare that with a peer's directory, then --signed-by "
                "KEY; where nobody knows the key any more, --unverified",
            )
        if signed_by:
            backup_signature.check_signer(archive, manifest, signed_by)
        with progress.bytes_done("check") as count:
            backup_restore.verify(archive, manifest, count)
        backup_restore.restore(archive, manifest, to, table, _where)
    next_steps = _next(manifest, to, table, verified=bool(signed_by))
    if as_json:
        output.emit_json({"ok": True, "folder": str(to), **_facts(manifest), "signed_by": found, "next": next_steps})
        return
    output.result(f"{manifest.node} is back in {output.clean(str(to))}: {_summary(manifest)}")
    output.result(f"what was done after {Instant.from_seconds(manifest.at)} is not here. Before it serves again:")
    for number, one in enumerate(next_steps, 1):
        output.result(f"  {number}. {output.clean(one)}")


def _where(folder: Path) -> Path | Server:
    return database_of(read_config(folder / FILE_NAME), folder)


def _facts(manifest: Manifest) -> dict[str, object]:
    return {
        "node": manifest.node,
        "at": str(Instant.from_seconds(manifest.at)),
        "database": manifest.database,
        "rows": sum(manifest.rows.values()),
        "files": len(manifest.files),
        "bytes": sum(one.size_bytes for one in manifest.files.values()),
        "keys": manifest.keys,
        "log": {"size": manifest.log.size, "root": manifest.log.root},
    }


def _summary(manifest: Manifest) -> str:
    evidence = sum(name.startswith(f"{NODE}evidence/") for name in manifest.files)
    with_keys = "with keys" if manifest.keys else "without keys"
    return (
        f"{counted(sum(manifest.rows.values()), 'row')}, a log of {counted(manifest.log.size, 'entry', 'entries')}, "
        f"{counted(evidence, 'file')} of evidence, {with_keys}"
    )


def _next(manifest: Manifest, folder: Path, table: DatabaseTable, *, verified: bool) -> list[str]:
    """What a person does now, in order."""
    config = folder / FILE_NAME
    steps = []
    if not verified:
        steps.append("let two people look through the cases: nobody checked who made this backup")
    if not any(name.startswith(f"{NODE}{KEYS}/") for name in manifest.files):
        steps.append(f"put the node's keys back: {folder / KEYS}")
    steps.append(f"put back signed-head, the newest there is, if it was kept apart: {folder / 'signed-head'}")
    steps.append(f"take back the log's entries from a copy of it: comity log recover COPY --config {config} --as YOU")
    steps.append(
        "take in the newest lists of keys, your own State's before you sign another of that number, as a peer has them "
        f"(comity directory export): comity directory import FILE --config {config} --as YOU"
    )
    steps.append(f"ask every peer what it has: comity exchange resume --config {config} --as YOU -o given-back")
    steps.append("erase again the cases that were erased after the backup was made")
    if table.url:
        steps.append("stop the old node for good, if this was a move to another database")
    return steps
