"""`comity evidence`: seal, release, accept, examine, and the custody so far."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.sources_files import FolderSink, find_sources
from comity.cli import output
from comity.cli.case import CaseId, tell
from comity.cli.progress import bytes_done
from comity.cli.session import Config, Json, PassphraseFile, Person, opened
from comity.workflows import examine_evidence, hand_over, read_cases, seal_evidence

app = typer.Typer(no_args_is_help=True, help="Evidence: sealed once, handed over with both signatures.")


@app.command("seal")
def seal(
    case_id: CaseId,
    path: Annotated[Path, typer.Argument(help="A file or a folder.")],
    config: Config,
    person: Person,
    how: Annotated[str, typer.Option(help="How it was collected, in a sentence a court can read.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Seal a file or a folder for a case that was ordered, and begin its custody.

    \b
    Example: comity evidence seal 77b0 export/ --config provider/comity.toml --as lee --how "export of the mail archive"
    """
    sources = find_sources(path)
    with opened(config, passphrase_file) as node, bytes_done("sealing", sum(one.size for one in sources)) as progress:
        found = read_cases.find(node.office, case_id)
        case, sealed = seal_evidence.seal_evidence(node.office, person, found.id, sources, how=how, progress=progress)
    tell(case, as_json)
    if not as_json:
        output.result(f"package {sealed.package_digest}: {len(sealed.manifest.items)} items")


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
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(hand_over.accept(node.office, person, found.id, reason=reason), as_json)


@app.command("examine")
def examine(
    case_id: CaseId,
    out: Annotated[Path, typer.Argument(help="A new folder for the opened files.")],
    config: Config,
    person: Person,
    purpose: Annotated[str, typer.Option(help="Why it is opened: only the matter the request names (art. 40(19)).")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Open a package that this node holds, checking every digest; the opening is recorded with your name.

    \b
    Example: comity evidence examine 4f2a opened/ --config xa/comity.toml --as iris --purpose "investigation 2026/114"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        case, manifest = examine_evidence.examine(node.office, person, found.id, FolderSink(out), purpose=purpose)
    tell(case, as_json)
    if not as_json:
        output.table(("File", "Bytes", "SHA-256"), [(one.path, str(one.size), one.sha256) for one in manifest.items])


@app.command("custody")
def custody(case_id: CaseId, config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Show who held the case's package when, every signature checked.

    \b
    Example: comity evidence custody 4f2a --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        chain = read_cases.custody_of(node.office, found)
    if as_json:
        output.emit_json({"ok": True, "package": found.package, "holder": chain.holder, "acts": list(chain.acts)})
        return
    rows = [(str(act.at), act.act, act.by, act.actor, act.to, act.reason) for act in chain.acts]
    output.table(("At", "Act", "By", "Person", "To", "Reason"), rows)
    output.result(f"holder: {output.clean(chain.holder)}")
