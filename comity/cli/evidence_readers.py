"""`comity evidence let-in`: another package of a case's evidence, for a court or the defence."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.sources_files import FolderSink
from comity.cli.case_view import CaseId
from comity.cli.evidence_folders import keep, working_folder
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.progress import bytes_done
from comity.cli.session import opened
from comity.workflows import read_cases, reissue_evidence


def let_in(
    case_id: CaseId,
    to: Annotated[list[str], typer.Option(help="An age recipient to let in. Once for each.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to put the new package in.")],
    config: Config,
    person: Person,
    reason: Annotated[str, typer.Option(help="Why they are let in, in a sentence.")],
    sealed_for: Annotated[str, typer.Option("--for", help="The node of the new readers, of this State.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a package of a case's evidence that more readers of this State can open. What was sealed stays as it is.

    It is an act of custody, an event of the case, and in the log. Another State's readers are let in by passing the
    evidence on, which its sender must authorise.

    \b
    Example: comity evidence let-in 4f2a --to age1... --for XA/court -o out/ -c xa/comity.toml --as bo --reason "trial"
    """
    with opened(config, passphrase_file) as node, bytes_done("re-wrapping") as progress:
        found = read_cases.find(node.office, case_id)
        with working_folder(out, node) as working:
            _, apart = reissue_evidence.reissue(
                node.office,
                person,
                found.id,
                FolderSink(working),
                to=to,
                sealed_for=sealed_for,
                reasons=reason,
                progress=progress,
            )
    keep(working, apart, as_json)
