"""`comity evidence custody, report`: who held a package when, for people, for a court, and for others' programs."""

import json
import shutil
from collections.abc import Sequence
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.clock import SystemClock
from comity.adapters.files import read_limited, write_whole
from comity.adapters.sources_files import FolderSource
from comity.base.counted import counted
from comity.base.instants import Instant
from comity.cli import output
from comity.cli.case_view import tell
from comity.cli.evidence_folders import CHAIN_LIMIT, custody_file
from comity.cli.evidence_inputs import first_envelope, identity_of, listed_key
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.progress import bytes_done
from comity.cli.session import ask_for_yes, opened
from comity.evidence import bag, custody
from comity.evidence.case_uco import to_case
from comity.evidence.manifest import Item
from comity.evidence.opening import read_record
from comity.evidence.outside import Outer, read_tag, require_package, verify_outer
from comity.evidence.report import Report, to_html
from comity.evidence.streams import PackageSource
from comity.wiring import Node
from comity.workflows import destroy_evidence, read_cases, seal_apart
from comity.workflows.custody_chain import Chain, chain_of, chain_of_case
from comity.workflows.office import directory

CaseOrPackage = Annotated[
    str, typer.Argument(metavar="CASE|PACKAGE", help="A case's id, or a package's folder with its custody beside it.")
]


_WITHHELD = "(known to its holder)"


class Form(StrEnum):
    HTML = "html"
    CASE = "case"


def show(
    what: CaseOrPackage,
    config: Config,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Show who held a package when, every signature checked with the directory's keys.

    \b
    Example: comity evidence custody 4f2a --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        chain = _chain(node, what)[0].custody
    if as_json:
        output.emit_json(
            {"ok": True, "package": str(chain.package_digest), "holder": chain.holder, "acts": list(chain.acts)}
        )
        return
    rows = [
        (
            str(Instant.from_seconds(act.at)),
            act.act,
            act.by,
            act.actor,
            act.to,
            _WITHHELD if act.is_withheld else act.reason,
        )
        for act in chain.acts
    ]
    output.table(("At", "Act", "By", "Person", "To", "Reason"), rows)
    output.result(f"holder: {output.clean(chain.holder)}")


def report(
    what: CaseOrPackage,
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write.")],
    config: Config,
    form: Annotated[Form, typer.Option(help="A page of HTML, or CASE/UCO as JSON-LD.")] = Form.HTML,
    with_files: Annotated[bool, typer.Option("--files", help="List the files too: needs this node's key.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write the custody of a package for a court: a page to read and print, or JSON-LD for other programs.

    \b
    Example: comity evidence report 4f2a -o custody.html --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node, bytes_done("checking") as progress:
        chain, package = _chain(node, what)
        outer: Outer | None = None
        items: Sequence[Item] = ()
        if package is not None:
            sealer_key = _first_sealer_key(node, package) or chain.sealer_key
            outer = verify_outer(package, chain.sealer_key, sealer_key=sealer_key, progress=progress)
            require_package(outer, str(chain.custody.package_digest))
            if with_files:
                record = read_record(package, outer, identity_of(None, node, None), sealer_key)
                items = record.manifest.items
        now = SystemClock().now()
    if form is Form.HTML:
        data = to_html(Report(chain.custody, outer, items, now))
    else:
        document = to_case(chain.custody, items, version("comity"))
        data = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
    write_whole(out, data, replace=False)
    if as_json:
        output.emit_json({"ok": True, "report": str(out), "bytes": len(data)})
        return
    listed = counted(len(items), "file") if with_files else "its files not listed (--files)"
    output.result(f"{output.clean(str(out))}: {counted(len(chain.custody.acts), 'act')}, {listed}")


def destroy(
    what: CaseOrPackage,
    config: Config,
    person: Person,
    reason: Annotated[str, typer.Option(help="By whose decision, in a sentence.")],
    copies: Annotated[
        str, typer.Option(help="In a case: what became of opened files and other copies, or that there are none.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Destroy a package: sign the last act of its custody, then remove its files. The custody stays.

    In a case somebody does it who did not have the evidence in hands, and the other side is told. A former holder
    destroys the copy it kept. Removing is not wiping: a disk that must keep nothing is an encrypted one.

    \b
    Example: comity evidence destroy 4f2a -c xa/comity.toml --as rose --reason "as the court ordered" --copies none
    """
    if not yes:
        ask_for_yes(f"Destroy {what}? It cannot be had back.", look_first="comity evidence custody")
    if not Path(what).is_dir():
        with opened(config, passphrase_file) as node:
            found = read_cases.find(node.office, what)
            tell(destroy_evidence.destroy(node.office, person, found.id, reasons=reason, copies=copies), as_json)
        return
    package = Path(what)
    beside = custody_file(package)
    with opened(config, passphrase_file) as node:
        chain, _ = _chain(node, str(package))
        act = seal_apart.end(node.office, person, chain.acts, reason=reason)
    write_whole(beside, custody.to_lines([*chain.acts, act]))
    gone = package.with_name(package.name + ".destroyed.part")
    package.rename(gone)
    shutil.rmtree(gone)
    if as_json:
        output.emit_json({"ok": True, "package": str(chain.custody.package_digest), "custody": str(beside)})
        return
    output.result(f"{output.clean(str(package))} is gone; its custody stays in {output.clean(str(beside))}")


def _chain(node: Node, what: str) -> tuple[Chain, PackageSource | None]:
    """The chain of a case's package, or of a package in a folder, verified; and the package where it is here."""
    folder = Path(what)
    with node.office.store.transaction() as tx:
        if folder.is_dir():
            package = FolderSource(folder)
            acts = custody.from_lines(read_limited(custody_file(folder), CHAIN_LIMIT))
            return chain_of(directory(tx), _digest(package), acts), package
    case = read_cases.find(node.office, what)
    with node.office.store.transaction() as tx:
        chain = chain_of_case(tx, case)
    held = node.office.packages.source(case.package) if node.office.packages.has(case.package) else None
    return chain, held


def _first_sealer_key(node: Node, package: PackageSource) -> bytes | None:
    """Of who sealed the package that this one was made of, for more readers; None where it is as it was sealed."""
    first = first_envelope(package)
    with node.office.store.transaction() as tx:
        return listed_key(directory(tx), first) if first else None


def _digest(package: PackageSource) -> str:
    return str(bag.package_digest(read_tag(package, bag.TAGMANIFEST)))
