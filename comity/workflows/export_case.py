"""One case as one signed file for an auditor, a court or the defence: what was kept, with what proves it.

The file is made from what is stored and nothing is written anew. Who exported it, and when, is recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import NodeId, state_of
from comity.base.instants import Instant
from comity.cases import events as e
from comity.cases.case import Case
from comity.crypto import jws, merkle
from comity.evidence import custody
from comity.exchange import receipt, receipt_alone
from comity.exchange.directory import Use
from comity.transparency.bundle import ProofBundle, format_bundle
from comity.transparency.entry import Opening, opening_to_json
from comity.workflows import export_format as form
from comity.workflows import export_readme
from comity.workflows.access import PersonRole, permit_look
from comity.workflows.office import Office
from comity.workflows.receive_envelope import receipt_for
from comity.workflows.record import load
from comity.workflows.record_access import record_access
from comity.workflows.sequence_log import CHECKPOINT, published
from comity.workflows.stores import Leaf, Transaction

EXPORTERS: Final = frozenset({PersonRole.CASE_LAWYER, PersonRole.REVIEWER, PersonRole.LEGAL_TEAM, PersonRole.OVERSIGHT})
"""Who takes a case out of the node. Oversight asks nobody's leave."""


class Summary(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """case.json: the case in a few words, all of which follow from its events."""

    v: int
    id: str
    mode: str
    procedure: str
    position: str
    peer: str
    their_case: str
    state: str
    events: int
    head: str
    package: str


def summary_of(case: Case) -> bytes:
    """The bytes of case.json."""
    return to_json(
        Summary(
            v=form.VERSION,
            id=case.id,
            mode=case.mode,
            procedure=case.procedure,
            position=case.position,
            peer=case.peer,
            their_case=case.their_case,
            state=str(case.state),
            events=case.events,
            head=str(case.head),
            package=case.package,
        )
    )


@dataclass(frozen=True, slots=True)
class Export:
    """A case export: how to call it, its bytes, and what they were made from."""

    name: str
    data: bytes
    manifest: form.Manifest


@dataclass(frozen=True, slots=True)
class Gathered:
    """The papers of a case as they are stored, by name. `tags`: for those that belong to one event, its kind;
    `published`: the size of the log's checkpoint, 0 if there is none."""

    case: Case
    files: dict[str, bytes]
    tags: dict[str, str]
    published: int


def gather(office: Office, case_id: str, person: str = "") -> Gathered:
    """All papers of a case. person: who takes them out, which is then recorded as an export."""
    standing = published(office)
    note = office.log_folder.read(CHECKPOINT) or b""
    tags: dict[str, str] = {}
    with office.store.transaction() as tx:
        case = load(tx, case_id)
        stored = list(tx.cases.events(case_id))
        happened = [e.read(data) for data, _ in stored]
        files = {form.SUMMARY: summary_of(case)}
        for number, (data, _) in enumerate(stored, 1):
            name = f"events/{_stem(number, happened[number - 1])}.json"
            files[name], tags[name] = data, e.tag_of(happened[number - 1])
        files[form.LINKS] = links_of([head for _, head in stored])
        messages = list(_messages(tx, case, happened))
        for number, way, message_id, token, _ in messages:
            name, tag = f"documents/{number:04}-{way}-{message_id}.jws", e.tag_of(happened[number - 1])
            files[name], tags[name] = token, tag
            for count, shown in enumerate(tx.kept_receipts.of_message(message_id), 1):
                name = f"receipts/{number:04}-{message_id}-{count}.json"
                files[name], tags[name] = shown, tag
        if case.package and (acts := tx.custody.acts(case.package)):
            files[form.CUSTODY] = custody.to_lines(acts)
        size = standing.size if standing else 0
        leaves = [merkle.leaf_hash(entry) for entry in tx.log.entries(0, size)]
        for leaf in tx.log.of_case(case_id):
            files.update(_logged(leaf, happened[leaf.event - 1], leaves, note))
        for state in sorted(_states(office, case, happened)):
            if (listed := tx.directory.get(state)) is not None:
                files[f"directory/{state}.json"] = listed
        if person:
            record_access(office, tx, person, "exported", case.id, "")
    for number, way, message_id, _, sender in messages:
        if way == "received":
            name = f"receipts/{number:04}-{message_id}-1.json"
            files[name], tags[name] = _ours(office, sender, message_id), e.tag_of(happened[number - 1])
    return Gathered(case, files, tags, size)


def export(office: Office, person: str, case_id: str) -> Export:
    """The case as one file, signed with the authority key. Raises NotPermitted, or NotFound for a key not at hand."""
    permit_look(office, person, EXPORTERS, "export a case")
    signer, now = office.keys.signer(Use.AUTHORITY), office.clock.now()
    gathered = gather(office, case_id, person)
    case, files = gathered.case, gathered.files
    files[form.README] = _readme(office, case, person, now)
    files[form.SUMS] = form.sums(files)
    manifest = form.Manifest(
        mode=office.mode,
        stamp=office.mode.stamp,
        node=office.node,
        case=case.id,
        at=now.seconds,
        by=person,
        events=case.events,
        published=gathered.published,
        files=form.list_files(files),
    )
    files[form.MANIFEST] = to_json(manifest)
    files[form.SIGNATURE] = jws.sign_compact(files[form.MANIFEST], signer, form.TYP)
    return Export(f"case-{case.id}.zip", form.write(files), manifest)


def links_of(heads: list[Digest]) -> bytes:
    """The bytes of links.txt: the number of an event and its digest, a line each."""
    return "".join(f"{number:04} {head}\n" for number, head in enumerate(heads, 1)).encode("ascii")


def _stem(number: int, event: e.Event) -> str:
    return f"{number:04}-{e.tag_of(event)}"


def _messages(tx: Transaction, case: Case, happened: list[e.Event]) -> Iterator[tuple[int, str, str, bytes, str]]:
    """Number of the event that first names it, whether sent or received, id, document and sender of each message."""
    seen: set[str] = set()
    for number, event in enumerate(happened, 1):
        message_id = getattr(event, "message", "")
        if not message_id or message_id in seen:
            continue
        seen.add(message_id)
        if (sent := tx.outbox.get(message_id)) is not None:
            yield number, "sent", message_id, sent.document, ""
            continue
        for sender in dict.fromkeys((event.by, case.peer, case.provider)):
            came = tx.inbox.get(sender, message_id) if sender else None
            if came is not None and came.document:
                yield number, "received", message_id, came.document, sender
                break


def _ours(office: Office, sender: str, message_id: str) -> bytes:
    """Our own receipt for a message that came, signed again as whenever its sender asks for it."""
    data = receipt_for(office, sender, message_id)
    batch = receipt.verify(data, office.keys.signer(Use.RECEIPT).public)
    return receipt_alone.alone(batch, 0)


def _logged(leaf: Leaf, event: e.Event, leaves: list[Digest], note: bytes) -> dict[str, bytes]:
    stem = f"log/{_stem(leaf.event, event)}"
    opening = opening_to_json(Opening(leaf.stat, leaf.body, leaf.stat_salt, leaf.body_salt))
    if leaf.index >= len(leaves):
        return {f"{stem}.opening.json": opening}
    path = merkle.inclusion_path(leaves, leaf.index)
    return {f"{stem}.tlog-proof": format_bundle(ProofBundle(leaf.index, path, note, opening))}


def _states(office: Office, case: Case, happened: list[e.Event]) -> set[str]:
    """The States whose keys are used: every node that acts in the case, and the witnesses."""
    nodes = {office.node, case.peer, case.provider, *office.witnesses, *(event.by for event in happened)}
    nodes |= {getattr(event, name, "") for event in happened for name in ("sender", "holder", "to")}
    return {state_of(NodeId(node)) for node in nodes if "/" in node}


def _readme(office: Office, case: Case, person: str, now: Instant) -> bytes:
    text = export_readme.TEXT.format(
        stamp=f"{office.mode.stamp}: nothing in it is live\n" if office.mode.stamp else "",
        case=case.id,
        node=office.node,
        state=office.state,
        at=now,
        by=person,
    )
    return text.encode("utf-8")
