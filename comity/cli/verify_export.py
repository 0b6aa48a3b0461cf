"""`comity verify export`: check a case export offline."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited
from comity.base.digests import Digest
from comity.base.errors import Malformed
from comity.base.ids import StateCode, state_code
from comity.base.instants import Instant
from comity.cli import output
from comity.cli.options import Json
from comity.exchange.directory import parse_spoken, spoken
from comity.workflows import verify_export
from comity.workflows.export_format import LIMIT
from comity.workflows.verify_export import Checked


def export(
    file: Annotated[Path, typer.Argument(help="A case export (.zip).")],
    root: Annotated[
        list[str] | None,
        typer.Option(help="A State and the fingerprint that it read to you, as 'XA 1f2e 3d4c ...'; again for more."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check a case export without a node or a network; what does not hold is named by its file.

    A fingerprint makes sure whose keys these are. Without one, the export only fits together: anybody could have made
    both the keys and the file.

    \b
    Example: comity verify export case-4f2a.zip --root 'XA 5f0c 91ab ...'
    """
    confirmed = confirmed_of(root)
    found = verify_export.verify(read_limited(file, LIMIT), confirmed)
    unused = sorted(confirmed.keys() - found.roots.keys())
    if unused:
        raise Malformed(
            f"no key of {', '.join(unused)} is used in the export", where="--root", hint="name a State whose keys are"
        )
    if as_json:
        roots = {"roots": spoken_roots(found.roots), "confirmed": list(found.confirmed)}
        output.emit_json({"ok": True, **_facts(found), **roots})
        return
    output.facts({name: str(value) for name, value in _facts(found).items()})
    for state, fingerprint in spoken_roots(found.roots).items():
        word = "confirmed" if state in found.confirmed else "not confirmed: have that State read it to you"
        output.result(f"roots of {state}: {fingerprint} ({word})")
    if not found.confirmed:
        output.say("it fits together; whose keys these are was not confirmed (--root)")


def confirmed_of(roots: list[str] | None) -> dict[StateCode, Digest]:
    """The fingerprints that came by another way, as --root gives them. Raises Malformed."""
    return dict(_confirmed(one) for one in roots or ())


def _confirmed(text: str) -> tuple[StateCode, Digest]:
    state, _, fingerprint = text.strip().partition(" ")
    try:
        return state_code(state), parse_spoken(fingerprint)
    except Malformed as error:
        raise Malformed(error.what, where="--root", hint="as 'XA 1f2e 3d4c ...', 64 hexadecimal digits") from None


def _facts(found: Checked) -> dict[str, object]:
    manifest = found.manifest
    return {
        "stamp": manifest.stamp,
        "case": manifest.case,
        "node": manifest.node,
        "exported": str(Instant.from_seconds(manifest.at)),
        "by": manifest.by,
        "state": str(found.case.state),
        "package": found.case.package,
        "events": found.case.events,
        "documents": found.documents,
        "receipts": found.receipts,
        "custody_acts": found.acts,
        "in_the_log": found.proven,
        "witnesses": ", ".join(found.witnesses),
    }


def spoken_roots(roots: Mapping[StateCode, Digest]) -> dict[str, str]:
    """The fingerprint of each State's roots, as it is read to somebody."""
    return {state: spoken(fingerprint) for state, fingerprint in sorted(roots.items())}
