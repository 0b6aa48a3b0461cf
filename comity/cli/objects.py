"""`comity objects`: evidence and the published log in S3-compatible storage."""

import typer

from comity.adapters.objects_move import copy_objects
from comity.adapters.randomness import SystemRandomness
from comity.base.counted import counted
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.progress import bytes_done
from comity.cli.session import opened
from comity.wiring import bucket_of

app = typer.Typer(no_args_is_help=True, help="The store of evidence and of the published log, where it is no folder.")


@app.command("check")
def check(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Find out whether the store of [objects] keeps the conditions under which things are written once.

    Some stores take such conditions and do not look at them. A node does not serve from one.

    \b
    Example: comity objects check --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        bucket_of(node.config, node.folder).probe(SystemRandomness())
    if as_json:
        output.emit_json({"ok": True, "keeps_conditions": True})
        return
    output.result("the store keeps its conditions")


@app.command("copy")
def copy(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Copy evidence, parts and the published log from the node's folder into the store of [objects].

    Stop the node before. What the store has is passed over, so a copy that broke off goes on. Nothing is removed from
    the folder: do that yourself, once the node runs and comity evidence custody finds everything.

    \b
    Example: comity objects copy --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        bucket_of(node.config, node.folder).probe(SystemRandomness())
        office = node.office
        with bytes_done("copied") as count:
            done = copy_objects(node.folder, office.packages, office.parts, office.log_folder, count)
    facts = {"packages": done.packages, "parts": done.parts, "log_files": done.log_files}
    if as_json:
        output.emit_json({"ok": True, **facts})
        return
    files = counted(done.log_files, "file of the log", "files of the log")
    output.result(f"copied {counted(done.packages, 'package')}, {counted(done.parts, 'part')} and {files}")
