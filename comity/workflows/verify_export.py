"""Check a case export offline: every byte of it, and that its parts fit together. Each fault names its file.

 1 the file is the one form of its parts            export_format.read
 2 the lists of keys are signed by their own roots, and these are the ones that were confirmed, where they were
 3 the manifest is signed by the node's authority key, and names exactly these files by their digests
 4 the events join, and lead to what case.json says; each approval that bears a passkey's signature is what was signed
 5 each document is signed by its sender and is the one its event names; none that an event names is missing
 6 each receipt is signed by who received, and speaks of a document that is here
 7 the chain of custody holds
 8 the log: each entry opens to its event, and stands in the tree of a checkpoint that the node's log signed

Pure: no node, no network, no clock. A list that has ended since is still the one whose keys were used.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from comity.base.digests import Digest
from comity.base.errors import NotVerified
from comity.base.ids import CaseId, StateCode
from comity.cases import machine
from comity.cases.case import Case
from comity.workflows import export_format as form
from comity.workflows.check_papers import (
    Joined,
    at_fault,
    check_custody,
    check_documents,
    check_events,
    check_lists,
    check_log,
    check_receipts,
    check_signed,
    digests_of,
    file_of,
)
from comity.workflows.export_case import summary_of


@dataclass(frozen=True, slots=True)
class Checked:
    """What an export proved. `proven`: events whose log entry stands under a signed checkpoint; `witnesses`: those that
    cosigned the least seen of them; `roots`: the fingerprint of each list's roots, which people compare; `confirmed`:
    the States whose fingerprint was."""

    manifest: form.Manifest
    case: Case
    documents: int
    receipts: int
    acts: int
    proven: int
    witnesses: tuple[str, ...]
    roots: Mapping[StateCode, Digest]
    confirmed: tuple[StateCode, ...]


def verify(data: bytes, confirmed: Mapping[StateCode, Digest]) -> Checked:
    """Check an export whole. confirmed: fingerprints that came by another way than the export.

    Raises TooLarge, or NotVerified with the file at fault in `where`.
    """
    files = form.read(data)  # 1
    known, roots = check_lists(files, confirmed)  # 2
    manifest = check_signed(files, known, form.Manifest, form.TYP)  # 3
    joined = check_events(files, manifest.case, {})  # 4
    case = folded(files, manifest.case, joined)
    if manifest.events != case.events or case.mode is not manifest.mode:
        raise NotVerified("the case is of another mode or length than the export", where=form.MANIFEST)
    found = check_documents(files, known, joined, {})  # 5
    receipts = check_receipts(files, known, found)  # 6
    acts = check_custody(files, known, case.package)  # 7
    proven, witnesses = check_log(files, known, manifest, joined, {}, digests_of(found, {}))  # 8
    asked = tuple(state for state in roots if state in confirmed)
    return Checked(manifest, case, len(found), receipts, acts, proven, witnesses, roots, asked)


def folded(files: Mapping[str, bytes], case_id: str, joined: Joined) -> Case:
    """The case that its events lead to, which is what case.json says. For papers of which no event is withheld."""
    with at_fault("events/"):
        stored = [(files[name], head) for name, head in zip(joined.names, joined.heads, strict=True)]
        case = machine.fold(CaseId(case_id), stored)
    if file_of(files, form.SUMMARY) != summary_of(case):
        raise NotVerified("it does not follow from the events", where=form.SUMMARY)
    return case
