"""`comity case disclosure-pack`: the papers of a case for a court or the defence, as a folder."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.folders import write_folder
from comity.base.errors import Malformed
from comity.cli import output
from comity.cli.case_view import CaseId
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.exchange.directory import Use
from comity.workflows import disclose_case, read_cases


def disclosure_pack(
    case_id: CaseId,
    config: Config,
    person: Person,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="The folder to make; it must not exist yet.")
    ] = None,
    order: Annotated[str, typer.Option(help="Which court ordered it, and under which number.")] = "",
    to: Annotated[str, typer.Option(help="Who gets it.")] = "",
    withhold: Annotated[
        list[str] | None, typer.Option(metavar="NAME=REASON", help="An item to withhold, and why; again for more.")
    ] = None,
    give: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An item to give that is else withheld; again for more.")
    ] = None,
    listing: Annotated[
        bool, typer.Option("--list", help="Only list the items, and which would be withheld: nothing is made.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write what a court may order disclosed: request, answers, authorisation, custody, proofs; and what is withheld.

    What is withheld is named in the signed list by its digest and with the reason, so that nobody can change it unseen.
    That the pack was made, for whom and on which order, is an event of the case.

    \b
    Example: comity case disclosure-pack 4f2a -o pack/ -c xa/comity.toml --as bo --order "Court 4, 5 Js 7/26" \\
    --to "counsel for the accused" --withhold "documents/0012-received-0193....jws=names a protected witness"
    """
    held = dict(_split(one) for one in withhold or ())
    with opened(config, passphrase_file, unlock=(Use.AUTHORITY, Use.RECEIPT)) as node:
        found = read_cases.find(node.office, case_id)
        if listing:
            items = disclose_case.preview(node.office, person, found.id, withhold=held, give=frozenset(give or ()))
            _list(items, as_json)
            return
        if out is None:
            raise Malformed("where to write it is not said", where="--out", hint="-o DIR; or --list to see the items")
        if out.exists():
            raise Malformed("the folder exists", where=str(out), hint="name a new one: nothing is written over")
        pack = disclose_case.disclose(
            node.office, person, found.id, order=order, to=to, withhold=held, give=frozenset(give or ())
        )
        write_folder(out, pack.files)
    facts = {
        "folder": str(out),
        "manifest_sha256": pack.manifest_sha256,
        "case": pack.manifest.case,
        "given": str(len(pack.manifest.files)),
        "withheld": str(len(pack.manifest.withheld)),
    }
    if as_json:
        output.emit_json({"ok": True, **facts})
        return
    output.facts(facts)
    for one in pack.manifest.withheld:
        output.result(f"withheld {output.clean(one.name)}: {output.clean(one.why)}")
    output.say(f"check it with: comity verify disclosure {output.clean(str(out))}")


def _split(text: str) -> tuple[str, str]:
    name, mark, why = text.partition("=")
    if not mark:
        raise Malformed("what is withheld has a reason", where="--withhold", hint="as NAME=REASON")
    return name, why


def _list(items: tuple[tuple[str, int, str], ...], as_json: bool) -> None:
    if as_json:
        rows = [{"name": name, "size": size, "withheld": why} for name, size, why in items]
        output.emit_json({"ok": True, "items": rows})
        return
    output.table(("Item", "Bytes", "Withheld"), [(name, str(size), why) for name, size, why in items])
