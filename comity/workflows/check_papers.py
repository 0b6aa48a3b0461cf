"""The papers of a case, checked offline by what they say of each other; an export has all, a disclosure pack some.

Each fault names its file. Pure: no node, no network, no clock.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from comity.base.digests import Digest
from comity.base.errors import BadSignature, ComityError, NotVerified
from comity.base.ids import CaseId, NodeId, StateCode
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.cases import events as e
from comity.cases.approval import verify_approval
from comity.cases.case import link
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
from comity.workflows.export_case import links_of
from comity.workflows.record import LogBody
from comity.workflows.sequence_log import cosigner_name

_DOCUMENT = re.compile(r"documents/\d{4}-(?:sent|received)-([0-9a-f-]{36})\.jws", re.ASCII)
_RECEIPT = re.compile(r"receipts/\d{4}-([0-9a-f-]{36})-\d+\.json", re.ASCII)
_LIST = re.compile(r"directory/([A-Z]{2})\.json", re.ASCII)


@contextmanager
def at_fault(name: str) -> Iterator[None]:
    """Whatever is wrong in here is wrong with that file."""
    try:
        yield
    except ComityError as error:
        raise NotVerified(error.what, where=name, hint=error.hint or "ask for the export again") from None


def file_of(files: Mapping[str, bytes], name: str) -> bytes:
    """A file that must be there. Raises NotVerified."""
    if name not in files:
        raise NotVerified("it is missing", where=name, hint="ask for the export again")
    return files[name]


def check_lists(
    files: Mapping[str, bytes], confirmed: Mapping[StateCode, Digest]
) -> tuple[Directory, dict[StateCode, Digest]]:
    """The lists that are brought, and the fingerprint of each one's roots. confirmed: what it must be, by State, from
    another way than this one. Raises NotVerified with the file at fault."""
    lists, roots = {}, {}
    for name in files:
        if (named := _LIST.fullmatch(name)) is None:
            continue
        state = StateCode(named[1])
        with at_fault(name):
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


class Signed(Protocol):
    """What the manifests of an export and of a disclosure pack have alike."""

    @property
    def node(self) -> str: ...
    @property
    def stamp(self) -> str: ...
    @property
    def at(self) -> int: ...
    @property
    def files(self) -> tuple[form.Listed, ...]: ...


M = TypeVar("M", bound=Signed)


def check_signed(files: Mapping[str, bytes], known: Directory, kind: type[M], typ: str) -> M:
    """The manifest, signed by the authority key of its node, and every other file as it is listed there."""
    written, token = file_of(files, form.MANIFEST), file_of(files, form.SIGNATURE)
    with at_fault(form.MANIFEST):
        manifest = read_json(written, kind, limit=form.MANIFEST_LIMIT, what="the manifest")
    with at_fault(form.SIGNATURE):
        limit = 2 * form.MANIFEST_LIMIT
        kid = jws.read_header(token, limit=limit).kid
        key = known.entity(NodeId(manifest.node)).find(Use.AUTHORITY, kid, Instant.from_seconds(manifest.at))
        if jws.verify_compact(token, key.public_bytes, typ, limit=limit) != written:
            raise BadSignature("it signs another manifest", where=form.MANIFEST)
    rest = {name: data for name, data in files.items() if name not in (form.MANIFEST, form.SIGNATURE)}
    listed = {one.name: one for one in manifest.files}
    for name in sorted(rest.keys() ^ listed.keys()):
        raise NotVerified("the manifest and the export do not name the same files", where=name)
    for name, data in rest.items():
        if (listed[name].size, listed[name].sha256) != (len(data), str(Digest.of(data))):
            raise NotVerified("it is not the file that was signed", where=name, hint="ask for the export again")
    summed = {name: data for name, data in rest.items() if name != form.SUMS}
    if file_of(files, form.SUMS) != form.sums(summed):
        raise NotVerified("the digests in it are not those of the files", where=form.SUMS)
    return manifest


def _check_passkey(event: e.Event) -> None:
    """What a passkey signed; that it is this step of this case, folding the events checks."""
    if isinstance(event, e.FirstApproved | e.Approved | e.InformationGiven) and event.passkey is not None:
        verify_approval(event.passkey)


@dataclass(frozen=True, slots=True)
class Joined:
    """The events of a case with the heads that join them. `happened`: None in the place of one that is withheld."""

    names: tuple[str, ...]
    heads: tuple[Digest, ...]
    happened: tuple[e.Event | None, ...]

    def tag(self, number: int) -> str:
        """The kind of event `number` (from 1), which its file is named for."""
        return self.names[number - 1][len("events/0000-") : -len(".json")]


def check_events(files: Mapping[str, bytes], case_id: str, withheld: Mapping[str, str]) -> Joined:
    """Every event that is given joins the ones around it. withheld: digests of what is not given, by name.

    What was withheld is fixed all the same: its digest with all before it stands in the list of links, and in the log.
    """
    names = sorted(name for name in (*files, *withheld) if name.startswith("events/"))
    with at_fault(form.LINKS):
        lines = file_of(files, form.LINKS).decode("ascii", "replace").split("\n")[:-1]
        heads = [Digest.from_hex(line[-64:]) for line in lines]
        if file_of(files, form.LINKS) != links_of(heads) or len(heads) != len(names) or not names:
            raise NotVerified("it does not name each event once")
    happened: list[e.Event | None] = []
    before: Digest | None = None
    for number, (name, head) in enumerate(zip(names, heads, strict=True), 1):
        with at_fault(name):
            if name[: len("events/0000-")] != f"events/{number:04}-":
                raise NotVerified("an event is missing before it")
            event = None if name in withheld else e.read(files[name])
            happened.append(event)
            if event is not None:
                if name != f"events/{number:04}-{e.tag_of(event)}.json":
                    raise NotVerified("an event is missing before it, or it is named for another")
                if link(before, CaseId(case_id), files[name]) != head:
                    raise NotVerified("it does not join the events before it")
                _check_passkey(event)
        before = head
    return Joined(tuple(names), tuple(heads), tuple(happened))


def check_documents(
    files: Mapping[str, bytes], known: Directory, joined: Joined, withheld: Mapping[str, str]
) -> dict[str, documents.Signed]:
    """Each document is signed by its sender and is the one its event names; none is missing that is not withheld, and
    one that is withheld is the one that its event names, by its digest."""
    found: dict[str, documents.Signed] = {}
    for name in (one for one in files if one.startswith("documents/")):
        with at_fault(name):
            owner, key = _listed_key(known, Use.AUTHORITY, documents.kid_of(files[name]))
            signed = documents.verify(files[name], key.public_bytes)
            document, named = signed.document, _DOCUMENT.fullmatch(name)
            if document.from_ != owner.id or not key.is_valid(Instant.from_seconds(document.iat)):
                raise BadSignature("its key did not speak for its sender then")
            if named is None or document.id != named[1]:
                raise NotVerified("it is named for another message")
            found[document.id] = signed
    digests = digests_of(found, withheld)
    for name, event in zip(joined.names, joined.happened, strict=True):
        message, digest = getattr(event, "message", ""), getattr(event, "doc_sha256", "")
        with at_fault(name):
            if message and message not in digests:
                raise NotVerified("the document that it names is not here")
            if message and digest and digests[message] != digest:
                raise NotVerified("the document that it names is another one")
    return found


def digests_of(found: Mapping[str, documents.Signed], withheld: Mapping[str, str]) -> dict[str, str]:
    """The digest of each document by the id of its message, of those that are withheld too."""
    digests = {message: str(signed.digest) for message, signed in found.items()}
    return digests | {named[1]: digest for name, digest in withheld.items() if (named := _DOCUMENT.fullmatch(name))}


def check_receipts(files: Mapping[str, bytes], known: Directory, found: Mapping[str, documents.Signed]) -> int:
    """How many receipts there are, each for a document that is here, signed by its receiver with a key that was valid
    then. found: the documents by message id. Raises NotVerified with the file at fault."""
    names = [name for name in files if name.startswith("receipts/")]
    for name in names:
        with at_fault(name):
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


def check_custody(files: Mapping[str, bytes], known: Directory, package: str) -> int:
    """How many acts of custody are given, all of which hold."""
    if form.CUSTODY not in files:
        return 0
    with at_fault(form.CUSTODY):
        return len(chain_of(known, package, custody.from_lines(files[form.CUSTODY])).acts)


def check_log(
    files: Mapping[str, bytes],
    known: Directory,
    by: Signed,
    joined: Joined,
    withheld: Mapping[str, str],
    digests: Mapping[str, str],
) -> tuple[int, tuple[str, ...]]:
    """How many entries stand under a signed checkpoint, and the witnesses that cosigned the least seen of those."""
    own, at = known.entity(NodeId(by.node)), Instant.from_seconds(by.at)
    witnesses = list(_witnesses(known, own, at))
    seen: list[set[str]] = []
    rest = {name for name in files if name.startswith("log/")}
    for number, (event, head) in enumerate(zip(joined.happened, joined.heads, strict=True), 1):
        stem = f"log/{number:04}-{joined.tag(number)}"
        if not {f"{stem}.opening.json", f"{stem}.tlog-proof"}.isdisjoint(withheld):
            continue
        name = f"{stem}.opening.json" if f"{stem}.opening.json" in rest else f"{stem}.tlog-proof"
        data = file_of(files, name)
        rest.discard(name)
        with at_fault(name):
            bundle = parse_bundle(data) if name.endswith(".tlog-proof") else None
            opening = read_opening((bundle.extra or b"") if bundle else data)
            body = read_json(opening.body, LogBody, limit=BODY_LIMIT, what="what the entry hides")
            said = (body.node, body.event, body.event_sha256, body.stamp)
            is_its_own = said == (by.node, joined.tag(number), str(head), by.stamp)
            if not is_its_own or (event is not None and event.at != body.at):
                raise NotVerified("the entry fixes another event")
            message = digests.get(getattr(event, "message", ""), body.doc_sha256)
            if body.doc_sha256 not in ("", message):
                raise NotVerified("the entry fixes another document")
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
