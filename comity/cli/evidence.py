"""`comity evidence`: release, accept, return, examine; packages, proofs and custody have modules of their own."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.sources_files import FolderSink
from comity.cli import (
    evidence_custody,
    evidence_disclosure,
    evidence_packages,
    evidence_pieces,
    evidence_readers,
    evidence_signers,
    output,
)
from comity.cli.case_view import CaseId, tell
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.progress import bytes_done
from comity.cli.session import opened
from comity.workflows import examine_evidence, hand_over, read_cases

app = typer.Typer(no_args_is_help=True, help="Evidence: sealed once, handed over with both signatures.")
app.command("seal")(evidence_packages.seal)
app.command("verify")(evidence_packages.verify)
app.command("keys")(evidence_signers.keys)
app.command("open")(evidence_packages.open_package)
app.command("add-recipient")(evidence_packages.add_recipient)
app.command("let-in")(evidence_readers.let_in)
app.command("check-bag")(evidence_packages.check_bag)
app.command("prove-piece")(evidence_pieces.prove_one)
app.command("verify-piece")(evidence_pieces.verify_one)
app.command("disclose")(evidence_disclosure.disclose)
app.command("verify-disclosure")(evidence_disclosure.verify_disclosure)
app.command("custody")(evidence_custody.show)
app.command("report")(evidence_custody.report)
app.command("destroy")(evidence_custody.destroy)


@app.command("release")
def release(
    case_id: CaseId,
    config: Config,
    person: Person,
    reason: Annotated[str, typer.Option(help="Why it is handed over.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Sign the case's package away to the next custodian, and queue it.

    \b
    Example: comity evidence release 77b0 --config provider/comity.toml --as lee --reason "order of 22 November"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(hand_over.release(node.office, person, found.id, reason=reason), as_json)


@app.command("accept")
def accept(
    case_id: CaseId,
    config: Config,
    person: Person,
    reason: Annotated[str, typer.Option(help="Why it is taken.")] = "for the request it answers",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Check every digest of what came, then sign for it: the second signature of the hand-over.

    \b
    Example: comity evidence accept 4f2a --config xb/comity.toml --as dan
    """
    with opened(config, passphrase_file) as node, bytes_done("checking") as progress:
        found = read_cases.find(node.office, case_id)
        tell(hand_over.accept(node.office, person, found.id, reason=reason, progress=progress), as_json)


@app.command("return")
def give_back(
    case_id: CaseId,
    config: Config,
    person: Person,
    reason: Annotated[str, typer.Option(help="Why it is returned. They read this, not who opened it here.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Sign the case's package back to whom it came from. Once they have accepted it, the copy here is removed.

    \b
    Example: comity evidence return 4f2a --config xa/comity.toml --as bo --reason "the trial is over"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(hand_over.give_back(node.office, person, found.id, reason=reason), as_json)


@app.command("examine")
def examine(
    case_id: CaseId,
    out: Annotated[Path, typer.Argument(help="A new folder for the opened files.")],
    config: Config,
    person: Person,
    purpose: Annotated[str, typer.Option(help="Why it is opened: only the matter the request names (art. 40(19)).")],
    consent: Annotated[
        str, typer.Option(help="For another matter than the request names: where the State it came from consented.")
    ] = "",
    other_matter: Annotated[bool, typer.Option("--other-matter", help="It is opened for another matter.")] = False,
    for_accused: Annotated[
        bool, typer.Option("--for-accused", help="To show an accused what speaks for that person; no limit holds it.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Open a package that this node holds, checking every digest; the opening is recorded with your name.

    \b
    Example: comity evidence examine 4f2a opened/ --config xa/comity.toml --as iris --purpose "investigation 2026/114"
    """
    with opened(config, passphrase_file) as node, bytes_done("opening") as progress:
        found = read_cases.find(node.office, case_id)
        case, manifest = examine_evidence.examine(
            node.office,
            person,
            found.id,
            FolderSink(out),
            purpose=purpose,
            other_matter=other_matter,
            consent=consent,
            for_accused=for_accused,
            progress=progress,
        )
    tell(case, as_json)
    if not as_json:
        output.table(("File", "Bytes", "SHA-256"), [(one.path, str(one.size), one.sha256) for one in manifest.items])
