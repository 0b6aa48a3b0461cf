"""`comity verify disclosure`: check a disclosure pack offline."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited
from comity.adapters.folders import read_folder
from comity.base.errors import Malformed
from comity.base.instants import Instant
from comity.cli import output
from comity.cli.options import Json
from comity.cli.verify_export import confirmed_of, spoken_roots
from comity.workflows import verify_disclosure
from comity.workflows.disclosure_format import LIMIT, MOST_FILES


def disclosure(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A disclosure pack.")],
    root: Annotated[
        list[str] | None,
        typer.Option(help="A State and the fingerprint that it read to you, as 'XA 1f2e 3d4c ...'; again for more."),
    ] = None,
    later: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FILE", help="An item that was withheld and was given later; again for more."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a disclosure pack without a node or a network, and list what is withheld and why.

    With --later, also that an item which was given later is the one that was withheld.

    \b
    Example: comity verify disclosure pack/ --root 'XA 5f0c 91ab ...'
    """
    confirmed = confirmed_of(root)
    brought = dict(_split(one) for one in later or ())
    found = verify_disclosure.verify(read_folder(folder, LIMIT, MOST_FILES), confirmed, brought)
    unused = sorted(confirmed.keys() - found.roots.keys())
    if unused:
        raise Malformed(f"no key of {', '.join(unused)} is used in it", where="--root", hint="name a State whose are")
    manifest = found.manifest
    facts: dict[str, object] = {
        "stamp": manifest.stamp,
        "case": manifest.case,
        "node": manifest.node,
        "made": str(Instant.from_seconds(manifest.at)),
        "by": manifest.by,
        "order": manifest.order,
        "for": manifest.to,
        "events": f"{found.events} of {manifest.events}",
        "documents": found.documents,
        "receipts": found.receipts,
        "custody_acts": found.acts,
        "in_the_log": found.proven,
        "witnesses": ", ".join(found.witnesses),
        "given_later": ", ".join(found.later),
    }
    roots = spoken_roots(found.roots)
    withheld = [{"name": one.name, "size": one.size, "sha256": one.sha256, "why": one.why} for one in manifest.withheld]
    if as_json:
        output.emit_json(
            {"ok": True, **facts, "withheld": withheld, "roots": roots, "confirmed": list(found.confirmed)}
        )
        return
    output.facts({name: str(value) for name, value in facts.items()})
    for one in manifest.withheld:
        output.result(f"withheld {output.clean(one.name)}: {output.clean(one.why)} (sha256 {one.sha256})")
    for state, fingerprint in roots.items():
        word = "confirmed" if state in found.confirmed else "not confirmed: have that State read it to you"
        output.result(f"roots of {state}: {fingerprint} ({word})")
    if not found.confirmed:
        output.say("it fits together; whose keys these are was not confirmed (--root)")


def _split(text: str) -> tuple[str, bytes]:
    name, mark, file = text.partition("=")
    if not mark:
        raise Malformed("which item it is, is not said", where="--later", hint="as NAME=FILE")
    return name, read_limited(Path(file), LIMIT)
