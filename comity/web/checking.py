"""For anyone: is this letter, document or proof genuine? By the code on the paper, by the file, or by a proof.

Nothing that is given is kept. A file can be hashed in the browser, so that only its digest is sent; without scripts it
is uploaded, hashed and dropped. What is told of a letter or a document is where the log has it, when, between which
States, of which kind and in which mode: nothing of what it says.
"""

import hashlib
from dataclasses import dataclass, replace
from typing import Any, Final

from starlette.responses import Response

from comity.base.digests import Digest
from comity.base.errors import Malformed, Mistake, NotVerified
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.crypto.merkle import leaf_hash
from comity.transparency.bundle import BUNDLE_LIMIT, ProofBundle, Verified, parse_bundle, verify_bundle_by
from comity.transparency.checkpoint import parse_checkpoint
from comity.transparency.cosignature import verify_quorum
from comity.transparency.entry import BODY_LIMIT, make_entry, read_opening
from comity.transparency.note import parse_note
from comity.web.public_pages import witness_keys
from comity.web.site import Visit
from comity.web.told import told
from comity.web.twins import as_json, as_problem
from comity.web.words import N_
from comity.workflows import letters
from comity.workflows.letters import Told
from comity.workflows.log_keys import log_keys, own_keys
from comity.workflows.office import Office, directory
from comity.workflows.record import LogBody

FILE_LIMIT: Final = 16 * 1024 * 1024
"""Of a file that is uploaded to be hashed; hashed in the browser it may have any size."""
_CHUNK: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found. `kind`: 'holds', 'fails' or 'unknown'; `by`: code, document or proof."""

    kind: str
    by: str
    reason: str = ""
    verified: Verified | None = None
    shown: "Shown | None" = None
    origin: str = ""
    event: str = ""
    at: Instant | None = None
    stamp: str = ""
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A proof that holds, as figures: for who wants to see it, or to check it by hand. `note`: the signed checkpoint;
    `first_seen`: when a witness known here first saw it; `opening`: what the entry hides, if the proof tells it."""

    entry: str
    leaf: str
    path: tuple[Digest, ...]
    root: Digest
    note: str
    first_seen: Instant | None
    opening: str


def get_check(visit: Visit) -> Response:
    """The page, or the answer to a code or a digest in the address, as a letter's QR code has it."""
    code, sha256 = visit.query("code"), visit.query("sha256").lower()
    if not code and not sha256:
        return _page(visit, {}, [], None)
    values = {"code": code, "sha256": sha256}
    try:
        answer = _by_code(visit.office, code) if code else _by_digest(visit.office, sha256)
    except Malformed as error:
        return _page(visit, values, [_mistake(error, "code" if code else "sha256")], None, 422)
    return _page(visit, values, [], answer)


def get_check_json(visit: Visit) -> Response:
    """The same answer as data. 400 for what is no code and no digest."""
    code, sha256 = visit.query("code"), visit.query("sha256").lower()
    if not code and not sha256:
        return as_problem(Malformed("nothing to check was given", hint="?code= as printed on the letter, or ?sha256="))
    try:
        answer = _by_code(visit.office, code) if code else _by_digest(visit.office, sha256)
    except Malformed as error:
        return as_problem(error)
    found = answer.told
    document: dict[str, Any] = {"node": visit.office.node, "log": visit.office.origin, "answer": answer.kind}
    if found is not None:
        document |= {
            "index": found.index,
            "in_log": found.in_log,
            "at": str(found.at),
            "requesting": found.requesting,
            "requested": found.requested,
            "kind": found.kind,
            "mode": found.mode,
        }
    return as_json(document)


def post_check(visit: Visit) -> Response:
    """A file to be hashed, or a proof that was pasted or uploaded."""
    form = visit.form
    values = {name: form.text(name) for name in ("proof", "entry")}
    if form.text("what") == "file":
        return _post_file(visit)
    brought = _uploaded(visit)  # before what was pasted: the field still holds the proof that was checked last
    if brought:
        values["proof"] = ""
    proof = brought or (values["proof"].encode("utf-8", "replace") + b"\n" if values["proof"] else b"")
    if not proof:
        return _page(visit, values, [Mistake("proof", N_("Paste a proof, or choose its file"))], None, 422)
    try:
        answer = _by_proof(visit.office, proof, values["entry"])
    except Malformed as error:
        return _page(visit, values, [_mistake(error, "entry" if error.where == "entry" else "proof")], None, 422)
    return _page(visit, {**values, "proof": values["proof"] or proof.decode("utf-8", "replace")}, [], answer)


def _post_file(visit: Visit) -> Response:
    form, typed = visit.form, visit.form.text("sha256").lower()
    if form.folder is not None and form.files:
        digest = hashlib.sha256()
        with (form.folder / form.files[0]).open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        typed = digest.hexdigest()
    if not typed:
        wrong = Mistake("sha256", N_("Choose a file, or paste its SHA-256"))
        return _page(visit, {}, [wrong], None, 422)
    try:
        return _page(visit, {"sha256": typed}, [], _by_digest(visit.office, typed))
    except Malformed as error:
        return _page(visit, {"sha256": typed}, [_mistake(error, "sha256")], None, 422)


def _mistake(error: Malformed, field: str) -> Mistake:
    return replace(told(error), field=field)


def _by_code(office: Office, code: str) -> Answer:
    told = letters.find_letter(office, code)
    return Answer("holds" if told else "unknown", "code", told=told)


def _by_digest(office: Office, text: str) -> Answer:
    told = letters.find_document(office, Digest.from_hex("".join(text.split()).lower()))
    return Answer("holds" if told else "unknown", "document", told=told)


def _uploaded(visit: Visit) -> bytes:
    form = visit.form
    if form.folder is None or not form.files:
        return b""
    with (form.folder / form.files[0]).open("rb") as stream:
        return stream.read(BUNDLE_LIMIT + 1)


def _by_proof(office: Office, proof: bytes, entry_hex: str) -> Answer:
    bundle = parse_bundle(proof)
    entry = _entry_of(bundle, entry_hex)
    note = parse_note(bundle.checkpoint_note)
    said = parse_checkpoint(note.text)
    origin = said.origin
    with office.store.transaction() as tx:
        known = directory(tx)
        own = own_keys(office, tx)
    if origin == office.origin:  # a key that was retired still speaks for what it signed before
        keys = tuple(one.key for one in own if one.retired is None or said.size <= one.retired)
    else:
        entity = known.by_origin(origin)
        keys = log_keys(entity, office.clock.now()) if entity else ()
    if not keys:
        return Answer("unknown", "proof", origin=origin)
    witnesses = witness_keys(office, known)
    try:
        verified = verify_bundle_by(bundle, entry, origin, keys, lambda note: verify_quorum(note, witnesses, 0))
    except NotVerified as error:
        return Answer("fails", "proof", reason=error.what, origin=origin)
    shown = _shown(bundle, entry, verified)
    if verified.opening is None:
        return Answer("holds", "proof", verified=verified, shown=shown, origin=origin)
    body = read_json(verified.opening.body, LogBody, limit=BODY_LIMIT, what="what the entry hides")
    at = Instant.from_seconds(body.at)
    return Answer(
        "holds",
        "proof",
        verified=verified,
        shown=shown,
        origin=origin,
        event=body.event,
        at=at,
        stamp=body.stamp,
    )


def _shown(bundle: ProofBundle, entry: bytes, verified: Verified) -> Shown:
    return Shown(
        entry=entry.hex(),
        leaf=str(leaf_hash(entry)),
        path=bundle.path,
        root=verified.checkpoint.root,
        note=bundle.checkpoint_note.decode("utf-8", "replace"),
        first_seen=min((one.at for one in verified.cosigned), default=None),
        opening=verified.opening.body.decode("utf-8", "replace") if verified.opening else "",
    )


def _entry_of(bundle: ProofBundle, entry_hex: str) -> bytes:
    """The entry that was given, or the one that the proof's own opening makes. Raises Malformed without either."""
    if entry_hex:
        try:
            return bytes.fromhex(entry_hex)
        except ValueError:
            raise Malformed("not hexadecimal", where="entry", hint="130 figures and letters a to f") from None
    if bundle.extra is None:
        raise Malformed("the proof does not hold its entry", where="entry", hint="give the entry too, in hexadecimal")
    opening = read_opening(bundle.extra)
    return make_entry(opening.stat_row, opening.body, opening.stat_salt, opening.body_salt)


def _page(
    visit: Visit, typed: dict[str, str], mistakes: list[Mistake], answer: Answer | None, status: int = 200
) -> Response:
    values = {name: [typed.get(name, "")] for name in ("code", "sha256", "proof", "entry")}
    return visit.page("check.html", status, values=values, mistakes=mistakes, answer=answer)
