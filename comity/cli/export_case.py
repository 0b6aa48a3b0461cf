"""`comity case export`: one case as one signed file."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import write_whole
from comity.base.digests import Digest
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.exchange.directory import Use
from comity.workflows import export_case, read_cases


def export(
    case_id: Annotated[str, typer.Argument(metavar="CASE", help="The case's id, or as much of its end as is unique.")],
    config: Config,
    person: Person,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write (.zip); it must not exist yet.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write a case as one signed file: every event, document, receipt and proof, and how to check each.

    It holds the case in clear: give it only to who may read the case. That it was made, by whom and when, is recorded.

    \b
    Example: comity case export 4f2a -o case-4f2a.zip --config xa/comity.toml --as bo
    """
    with opened(config, passphrase_file, unlock=(Use.AUTHORITY, Use.RECEIPT)) as node:
        found = read_cases.find(node.office, case_id)
        made = export_case.export(node.office, person, found.id)
        write_whole(out, made.data, mode=0o600, replace=False)
    facts = {
        "file": str(out),
        "sha256": str(Digest.of(made.data)),
        "case": made.manifest.case,
        "events": str(made.manifest.events),
        "files": str(len(made.manifest.files)),
    }
    if as_json:
        output.emit_json({"ok": True, **facts})
        return
    output.facts(facts)
    output.say(f"check it with: comity verify export {output.clean(str(out))}")
