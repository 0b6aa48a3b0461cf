"""Check a disclosure pack offline: what is given is whole and genuine, and what is withheld is fixed and says why.

As an export (`verify_export`), but for what the signed list names as withheld: of that only the digest is here. An
event that is withheld is held in its place by the links and by the log's proof; a document, by the event that names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from comity.base.digests import Digest
from comity.base.errors import NotVerified
from comity.base.ids import StateCode
from comity.base.parsing import check_size
from comity.cases import events as e
from comity.workflows import disclosure_format as form
from comity.workflows.check_papers import (
    check_custody,
    check_documents,
    check_events,
    check_lists,
    check_log,
    check_receipts,
    check_signed,
    digests_of,
)
from comity.workflows.verify_export import folded


@dataclass(frozen=True, slots=True)
class CheckedPack:
    """What a pack proved; the fields as in `verify_export.Checked`. `later`: withheld items that were brought and are
    the ones that were withheld."""

    manifest: form.Manifest
    events: int
    documents: int
    receipts: int
    acts: int
    proven: int
    witnesses: tuple[str, ...]
    roots: Mapping[StateCode, Digest]
    confirmed: tuple[StateCode, ...]
    later: tuple[str, ...]


def verify(
    files: Mapping[str, bytes], confirmed: Mapping[StateCode, Digest], later: Mapping[str, bytes] | None = None
) -> CheckedPack:
    """Check a pack whole, from its files by name. later: withheld items that were given since, by name.

    Raises TooLarge, or NotVerified with the file at fault in `where`.
    """
    _check_form(files)
    known, roots = check_lists(files, confirmed)
    manifest = check_signed(files, known, form.Manifest, form.TYP)
    withheld = {one.name: one.sha256 for one in manifest.withheld}
    for name in sorted(withheld.keys() & files.keys()):
        raise NotVerified("it is withheld by the list, and is here", where=name)
    if any(not form.is_name(name) for name in withheld) or len(withheld) != len(manifest.withheld):
        raise NotVerified("the list of what is withheld is not one", where=form.MANIFEST)
    joined = check_events(files, manifest.case, withheld)
    if manifest.events != len(joined.names):
        raise NotVerified("the case has another number of events", where=form.MANIFEST)
    if None not in joined.happened and "case.json" in files:
        folded(files, manifest.case, joined)
    found = check_documents(files, known, joined, withheld)
    receipts = check_receipts(files, known, found)
    packages = [event.package for event in joined.happened if isinstance(event, e.EvidenceSealed | e.EvidenceArrived)]
    acts = check_custody(files, known, packages[-1]) if packages else 0
    proven, witnesses = check_log(files, known, manifest, joined, withheld, digests_of(found, withheld))
    for name, data in (later or {}).items():
        if withheld.get(name) != str(Digest.of(data)):
            raise NotVerified("it is not the item that was withheld", where=name, hint="ask for it again")
    given = sum(event is not None for event in joined.happened)
    asked = tuple(state for state in roots if state in confirmed)
    names = tuple(sorted(later or ()))
    return CheckedPack(manifest, given, len(found), receipts, acts, proven, witnesses, roots, asked, names)


def _check_form(files: Mapping[str, bytes]) -> None:
    if len(files) > form.MOST_FILES or any(not form.is_name(name) for name in files):
        raise NotVerified("this is no disclosure pack", hint="a folder that comity case disclosure-pack wrote")
    for name, data in files.items():
        check_size(data, form.LIMIT, name)
