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

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from comity.base.digests import Digest
from comity.base.errors import BadSignature, ComityError, NotVerified
from comity.base.ids import CaseId, NodeId, StateCode
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cases import events as e
from comity.cases import machine
from comity.cases.approval import verify_approval
from comity.cases.case import Case, link
from comity.crypto import jws
from comity.evidence import custody
from comity.exchange import document as documents
from comity.exchange import receipt_alone
from comity.exchange.directory import Directory, Entity, KeyEntry, Use, open_list
from comity.transparency.bundle import parse_bundle, verify_bundle
from comity.transparency.checkpoint import log_key
from comity.transparency.cosignature import witness_key
from comity.transparency.entry import BODY_LIMIT, make_entry, read_opening
from comity.transparency.note import VerifierKey
from comity.workflows import export_format as form
from comity.workflows.custody_chain import chain_of
from comity.workflows.export_case import links_of, summary_of
from comity.workflows.record import LogBody
from comity.workflows.sequence_log import cosigner_name

_DOCUMENT = re.compile(r"documents/\d{4}-(?:sent|received)-([0-9a-f-]{36})\.jws", re.ASCII)
_RECEIPT = re.compile(r"receipts/\d{4}-([0-9a-f-]{36})-\d+\.json", re.ASCII)
_LIST = re.compile(r"directory/([A-Z]{2})\.json", re.ASCII)


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
    known, roots = _directory(files, confirmed)  # 2
    manifest = _manifest(files, known)  # 3
    case, happened, heads = _events(files, manifest)  # 4
    found = _documents(files, known, happened)  # 5
    receipts = _receipts(files, known, found)  # 6
    acts = _custody(files, known, case)  # 7
    proven, witnesses = _log(files, known, manifest, happened, heads)  # 8
    asked = tuple(state for state in roots if state in confirmed)
    return Checked(manifest, case, len(found), receipts, acts, proven, witnesses, roots, asked)


@contextmanager
def _in(name: str) -> Iterator[None]:
    """Whatever is wrong in here is wrong with that file."""
    try:
        yield
    except ComityError as error:
        raise NotVerified(error.what, where=name, hint=error.hint or "ask for the export again") from None


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    if name not in files:
        raise NotVerified("it is missing", where=name, hint="ask for the export again")
    return files[name]


def _directory(
    files: Mapping[str, bytes], confirmed: Mapping[StateCode, Digest]
) -> tuple[Directory, dict[StateCode, Digest]]:
    lists, roots = {}, {}
    for name in files:
        if (named := _LIST.fullmatch(name)) is None:
            continue
        state = StateCode(named[1])
        with _in(name):
            signed = open_list(files[name])
            if signed.value.state != state:
                raise NotVerified("it is the list of another State")
            if state in confirmed and confirmed[state] != signed.fingerprint:
                raise NotVerified(
                    "its roots are not the ones that were confirmed: trust none of it",
                    hint="call that State by a number you already had",
                )
        lists[state], roots[state] = signed.value, signed.fingerprint
    return Directory(lists), roots


def _manifest(files: Mapping[str, bytes], known: Directory) -> form.Manifest:
    written, token = _file(files, form.MANIFEST), _file(files, form.SIGNATURE)
    with _in(form.MANIFEST):
        manifest = read_json(written, form.Manifest, limit=form.MANIFEST_LIMIT, what="the manifest")
    with _in(form.SIGNATURE):
        limit = 2 * form.MANIFEST_LIMIT
        kid = jws.read_header(token, limit=limit).kid
        key = known.entity(NodeId(manifest.node)).find(Use.AUTHORITY, kid, Instant.from_seconds(manifest.at))
        if jws.verify_compact(token, key.public_bytes, form.TYP, limit=limit) != written:
            raise BadSignature("it signs another manifest", where=form.MANIFEST)
    rest = {name: data for name, data in files.items() if name not in (form.MANIFEST, form.SIGNATURE)}
    listed = {one.name: one for one in manifest.files}
    for name in sorted(rest.keys() ^ listed.keys()):
        raise NotVerified("the manifest and the export do not name the same files", where=name)
    for name, data in rest.items():
        if (listed[name].size, listed[name].sha256) != (len(data), str(Digest.of(data))):
            raise NotVerified("it is not the file that was signed", where=name, hint="ask for the export again")
    summed = {name: data for name, data in rest.items() if name != form.SUMS}
    if _file(files, form.SUMS) != form.sums(summed):
        raise NotVerified("the digests in it are not those of the files", where=form.SUMS)
    return manifest


def _check_passkey(event: e.Event) -> None:
    """What a passkey signed; that it is this step of this case, folding the events checks."""
    if isinstance(event, e.Approved | e.InformationGiven) and event.passkey is not None:
        verify_approval(event.passkey)


def _events(files: Mapping[str, bytes], manifest: form.Manifest) -> tuple[Case, list[e.Event], list[Digest]]:
    names = sorted(name for name in files if name.startswith("events/"))
    with _in(form.LINKS):
        heads = [
            Digest.from_hex(line[-64:]) for line in _file(files, form.LINKS).decode("ascii", "replace").split("\n")[:-1]
        ]
        if _file(files, form.LINKS) != links_of(heads) or len(heads) != len(names) or not names:
            raise NotVerified("it does not name each event once")
    happened: list[e.Event] = []
    before: Digest | None = None
    for number, (name, head) in enumerate(zip(names, heads, strict=True), 1):
        with _in(name):
            happened.append(e.read(files[name]))
            if name != f"events/{number:04}-{e.tag_of(happened[-1])}.json":
                raise NotVerified("an event is missing before it, or it is named for another")
            if link(before, CaseId(manifest.case), files[name]) != head:
                raise NotVerified("it does not join the events before it")
            _check_passkey(happened[-1])
        before = head
    with _in("events/"):
        case = machine.fold(CaseId(manifest.case), zip((files[name] for name in names), heads, strict=True))
    if _file(files, form.SUMMARY) != summary_of(case) or manifest.events != case.events:
        raise NotVerified("it does not follow from the events", where=form.SUMMARY)
    if case.mode is not manifest.mode:
        raise NotVerified("the case is of another mode than the export", where=form.MANIFEST)
    return case, happened, heads


def _documents(files: Mapping[str, bytes], known: Directory, happened: list[e.Event]) -> dict[str, documents.Signed]:
    found: dict[str, documents.Signed] = {}
    for name in (one for one in files if one.startswith("documents/")):
        with _in(name):
            owner, key = _listed_key(known, Use.AUTHORITY, documents.kid_of(files[name]))
            signed = documents.verify(files[name], key.public_bytes)
            document, named = signed.document, _DOCUMENT.fullmatch(name)
            if document.from_ != owner.id or not key.is_valid(Instant.from_seconds(document.iat)):
                raise BadSignature("its key did not speak for its sender then")
            if named is None or document.id != named[1]:
                raise NotVerified("it is named for another message")
            found[document.id] = signed
    for number, event in enumerate(happened, 1):
        message, digest = getattr(event, "message", ""), getattr(event, "doc_sha256", "")
        with _in(f"events/{number:04}-{e.tag_of(event)}.json"):
            if message and message not in found:
                raise NotVerified("the document that it names is not here")
            if message and digest and str(found[message].digest) != digest:
                raise NotVerified("the document that it names is another one")
    return found


def _receipts(files: Mapping[str, bytes], known: Directory, found: Mapping[str, documents.Signed]) -> int:
    names = [name for name in files if name.startswith("receipts/")]
    for name in names:
        with _in(name):
            named = _RECEIPT.fullmatch(name)
            signed = found.get(named[1]) if named else None
            if signed is None:
                raise NotVerified("it speaks of no document that is here")
            owner, key = _listed_key(known, Use.RECEIPT, receipt_alone.kid_of(files[name]))
            shown = receipt_alone.verify(files[name], key.public_bytes)
            if not key.is_valid(Instant.from_seconds(shown.signature.at)):
                raise BadSignature("its key was not valid then")
            said = (shown.row.id, shown.signature.by, shown.signature.to)
            if said != (signed.document.id, signed.document.to, signed.document.from_) or owner.id != said[1]:
                raise NotVerified("it is a receipt for another message, or by somebody else")
            if shown.row.doc_sha256 not in ("", str(signed.digest)):
                raise NotVerified("it is a receipt for another document")
    return len(names)


def _listed_key(known: Directory, use: Use, kid: str) -> tuple[Entity, KeyEntry]:
    """Whose key this is, in the lists that the export holds."""
    for entity in known.all():
        for key in entity.keys:
            if (key.use, key.kid) == (use, kid):
                return entity, key
    raise BadSignature("it is signed by a key in none of the lists here", hint="trust none of it")


def _custody(files: Mapping[str, bytes], known: Directory, case: Case) -> int:
    if form.CUSTODY not in files:
        return 0
    with _in(form.CUSTODY):
        return len(chain_of(known, case.package, custody.from_lines(files[form.CUSTODY])).acts)


def _log(
    files: Mapping[str, bytes],
    known: Directory,
    manifest: form.Manifest,
    happened: list[e.Event],
    heads: list[Digest],
) -> tuple[int, tuple[str, ...]]:
    own, at = known.entity(NodeId(manifest.node)), Instant.from_seconds(manifest.at)
    witnesses = list(_witnesses(known, own, at))
    seen: list[set[str]] = []
    rest = {name for name in files if name.startswith("log/")}
    for number, (event, head) in enumerate(zip(happened, heads, strict=True), 1):
        stem = f"log/{number:04}-{e.tag_of(event)}"
        name = f"{stem}.opening.json" if f"{stem}.opening.json" in rest else f"{stem}.tlog-proof"
        data = _file(files, name)
        rest.discard(name)
        with _in(name):
            bundle = parse_bundle(data) if name.endswith(".tlog-proof") else None
            opening = read_opening((bundle.extra or b"") if bundle else data)
            body = read_json(opening.body, LogBody, limit=BODY_LIMIT, what="what the entry hides")
            said = (body.node, body.event, body.event_sha256, body.at, body.stamp)
            if said != (manifest.node, e.tag_of(event), str(head), event.at, manifest.stamp):
                raise NotVerified("the entry fixes another event")
            if bundle is not None:
                entry = make_entry(opening.stat_row, opening.body, opening.stat_salt, opening.body_salt)
                key = log_key(own.origin, own.key(Use.LOG, at).public_bytes)
                found = verify_bundle(bundle, entry, own.origin, key, witnesses, 0)
                seen.append({one.witness for one in found.cosigned})
    if rest:
        raise NotVerified("it belongs to no event", where=min(rest))
    return len(seen), tuple(sorted(set.intersection(*seen))) if seen else ()


def _witnesses(known: Directory, own: Entity, at: Instant) -> Iterator[VerifierKey]:
    for entity in known.all():
        if entity.id != own.id:
            for key in entity.keys:
                if key.use is Use.WITNESS and key.is_valid(at):
                    yield witness_key(cosigner_name(entity.origin), key.public_bytes)
