"""`comity evidence keys`: the public keys that a package is checked with, out of the directories of its States."""

from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from comity.adapters.files import read_limited, write_whole
from comity.adapters.sources_files import FolderSource
from comity.base.errors import Malformed, NotPermitted
from comity.base.ids import NodeId, StateCode, state_of
from comity.cli import output
from comity.cli.evidence_inputs import Package, first_envelope, listed_key
from comity.cli.options import Json
from comity.cli.verify_export import confirmed_of
from comity.evidence import bag
from comity.evidence.outside import read_tag, verify_tags
from comity.exchange.directory import Directory, SignedList, open_list, spoken
from comity.exchange.directory_collection import COLLECTION_LIMIT, open_collection

AUTHORITY = "AUTHORITY.pem"
SEALER = "SEALER.pem"


def keys(
    package: Package,
    directory: Annotated[
        list[Path], typer.Option(help="A State's signed directory, or a file of several. Once for each file.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="The folder to put the PEM files in.")],
    root: Annotated[
        list[str] | None,
        typer.Option(help="A State and the fingerprint of its roots, as it read it to you: 'XA 5f0c ...'."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the public keys that a package is checked with, as PEM, for openssl or for comity evidence verify --key.

    They come from the directories, never from the package. Whether the directories are those States' own, only the
    fingerprint says: compare it by a way that did not bring the file.

    \b
    Example: comity evidence keys 0193.../ --directory xa-directory.json -o keys/ --root 'XA 5f0c 91ab ...'
    """
    lists = {one.value.state: one for file in directory for one in _lists(file)}
    confirmed = confirmed_of(root)
    for state, fingerprint in confirmed.items():
        if state in lists and lists[state].fingerprint != fingerprint:
            raise NotPermitted(
                f"the directory of {state} has other roots", where="--root", hint="do not trust it; ask that State"
            )
    known = Directory({StateCode(state): one.value for state, one in lists.items()})
    source = FolderSource(package)
    envelopes = {AUTHORITY: bag.read_envelope(read_tag(source, bag.ENVELOPE))}
    first = first_envelope(source)
    if first is not None:
        envelopes[SEALER] = first
    found = {name: listed_key(known, envelope) for name, envelope in envelopes.items()}
    verify_tags(source, found[AUTHORITY], sealer_key=found.get(SEALER))

    out.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, public in found.items():
        pem = Ed25519PublicKey.from_public_bytes(public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        write_whole(out / name, pem, replace=False)
        node = envelopes[name].from_
        state = state_of(NodeId(node))
        rows.append((str(out / name), node, spoken(lists[state].fingerprint), state in confirmed))
    if as_json:
        said = [{"file": file, "node": node, "roots": roots, "confirmed": is_} for file, node, roots, is_ in rows]
        output.emit_json({"ok": True, "keys": said})
        return
    for file, node, roots, is_confirmed in rows:
        word = "confirmed" if is_confirmed else "not confirmed: compare it with that State"
        output.result(f"{output.clean(file)}: of {output.clean(node)}; its State's roots {roots} ({word})")


def _lists(file: Path) -> tuple[SignedList, ...]:
    data = read_limited(file, COLLECTION_LIMIT)
    try:
        return (open_list(data),)
    except Malformed:
        return open_collection(data)
