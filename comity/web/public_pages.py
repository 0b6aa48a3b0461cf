"""Pages for anyone, without signing in: who has signed and who is bound, this node's log, and checking a proof.

Each figure is also served as JSON, the register as CSV too. No page here holds anything of a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from comity.base.encoding import to_json
from comity.base.errors import ComityError, Malformed, Mistake, NotVerified
from comity.base.instants import Instant
from comity.base.parsing import read_json
from comity.exchange.directory import Directory, Use
from comity.transparency.bundle import BUNDLE_LIMIT, ProofBundle, Verified, parse_bundle, verify_bundle
from comity.transparency.checkpoint import log_key, parse_checkpoint
from comity.transparency.cosignature import Cosigned, verify_quorum
from comity.transparency.entry import BODY_LIMIT, make_entry, read_opening
from comity.transparency.note import VerifierKey, parse_note
from comity.treaty.participation import Participation, load_register, write_register
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import sequence_log
from comity.workflows.office import Office, directory
from comity.workflows.record import LogBody

_OPEN_TO_ALL: Final = {"access-control-allow-origin": "*", "cache-control": "public, max-age=300"}


def get_register(visit: Visit) -> Response:
    register, today = load_register(), visit.office.clock.now().day
    return visit.page(
        "register.html",
        entries=register.entries,
        signatories=len(register.signatories(today)),
        parties=[one for one in register.parties(today) if not one.is_organisation],
        missing=register.instruments_missing(today),
        in_force=register.entry_into_force(),
        unconfirmed=len(register.unconfirmed()),
        binding=register.binding_since,
    )


def get_register_json(visit: Visit) -> Response:
    register, today = load_register(), visit.office.clock.now().day
    document = {
        "on": today.isoformat(),
        "signatories": len(register.signatories(today)),
        "parties": [one.state for one in register.parties(today)],
        "instruments_missing": register.instruments_missing(today),
        "entry_into_force": _iso(register.entry_into_force()),
        "entries": [_entry(one) for one in register.entries],
    }
    return Response(to_json(document), media_type="application/json", headers=_OPEN_TO_ALL)


def get_register_csv(_: Visit) -> Response:
    headers = {**_OPEN_TO_ALL, "content-disposition": 'attachment; filename="participation.csv"'}
    return Response(write_register(load_register()), media_type="text/csv; charset=utf-8", headers=headers)


def _entry(one: Participation) -> dict[str, object]:
    return {
        "state": one.state,
        "name": one.name,
        "signed_on": _iso(one.signed_on),
        "signed_no_later_than": _iso(one.signed_no_later_than),
        "consent": one.consent_kind,
        "consent_on": one.consent_on.text if one.consent_on else None,
        "denounced_on": _iso(one.denounced_on),
        "source": one.source,
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None


@dataclass(frozen=True, slots=True)
class Log:
    """A node's log as its published checkpoint shows it; `cosigned`: by witnesses whose keys are known here."""

    origin: str
    vkey: str
    size: int
    root: str
    cosigned: tuple[Cosigned, ...]
    note: str


def get_log(visit: Visit) -> Response:
    return visit.page("log.html", log=_log(visit.office), needed=visit.office.witnesses_needed)


def get_log_json(visit: Visit) -> Response:
    log = _log(visit.office)
    document = {
        "origin": log.origin,
        "vkey": log.vkey,
        "size": log.size,
        "root": log.root,
        "cosigned": [{"witness": one.witness, "at": str(one.at)} for one in log.cosigned],
        "mode": visit.office.mode,
        "stamp": visit.office.mode.stamp,
    }
    return Response(to_json(document), media_type="application/json", headers=_OPEN_TO_ALL)


def _log(office: Office) -> Log:
    vkey = log_key(office.origin, office.keys.signer(Use.LOG).public).vkey
    data, standing = office.log_folder.read(sequence_log.CHECKPOINT), sequence_log.published(office)
    if data is None or standing is None:
        return Log(office.origin, vkey, 0, "", (), "")
    with office.store.transaction() as tx:
        known = directory(tx)
    cosigned = verify_quorum(parse_note(data), _witness_keys(office, known), 0)
    return Log(office.origin, vkey, standing.size, str(standing.root), cosigned, data.decode("utf-8", "replace"))


def _witness_keys(office: Office, known: Directory) -> list[VerifierKey]:
    """The cosignature keys of every node in a directory trusted here, but our own."""
    entities = [entity for entity in known.all() if entity.id != office.node]
    return [sequence_log.cosigner_key(office, one) for one in entities if _has(one.keys, Use.WITNESS)]


def _has(keys: Iterable[Any], use: Use) -> bool:
    return any(key.use is use for key in keys)


# Checking a proof


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found. `kind`: 'holds', 'fails' or 'unknown'."""

    kind: str
    reason: str = ""
    verified: Verified | None = None
    origin: str = ""
    told: str = ""
    at: Instant | None = None
    stamp: str = ""


def get_check(visit: Visit) -> Response:
    return _check_page(visit, "", "", [], None)


def post_check(visit: Visit) -> Response:
    """Check a proof that was pasted or uploaded. Nothing is kept and nothing is asked of anybody."""
    pasted, entry = visit.form.text("proof"), visit.form.text("entry")
    proof = pasted.encode("utf-8", "replace") + b"\n" if pasted else _uploaded(visit)
    if not proof:
        return _check_page(visit, pasted, entry, [Mistake("proof", N_("Paste a proof, or choose its file"))], None, 422)
    try:
        answer = _checked(visit.office, proof, entry)
    except Malformed as error:
        field = "entry" if error.where == "entry" else "proof"
        return _check_page(visit, pasted, entry, [Mistake(field, f"{error.what}. {error.hint}")], None, 422)
    return _check_page(visit, pasted or proof.decode("utf-8", "replace"), entry, [], answer)


def _uploaded(visit: Visit) -> bytes:
    form = visit.form
    if form.folder is None or not form.files:
        return b""
    with (form.folder / form.files[0]).open("rb") as stream:
        return stream.read(BUNDLE_LIMIT + 1)


def _checked(office: Office, proof: bytes, entry_hex: str) -> Answer:
    bundle = parse_bundle(proof)
    entry = _entry_of(bundle, entry_hex)
    note = parse_note(bundle.checkpoint_note)
    origin = parse_checkpoint(note.text).origin
    with office.store.transaction() as tx:
        known = directory(tx)
    key = _log_key(office, known, origin)
    if key is None:
        return Answer("unknown", origin=origin)
    try:
        verified = verify_bundle(bundle, entry, origin, key, _witness_keys(office, known), 0)
    except NotVerified as error:
        return Answer("fails", reason=error.what, origin=origin)
    return _holds(verified, origin)


def _holds(verified: Verified, origin: str) -> Answer:
    if verified.opening is None:
        return Answer("holds", "", verified, origin)
    body = read_json(verified.opening.body, LogBody, limit=BODY_LIMIT, what="what the entry hides")
    return Answer("holds", "", verified, origin, body.event, Instant.from_seconds(body.at), body.stamp)


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


def _log_key(office: Office, known: Directory, origin: str) -> VerifierKey | None:
    """The key of a log, by the directories trusted here; None for a log they do not know."""
    if origin == office.origin:
        return log_key(origin, office.keys.signer(Use.LOG).public)
    entity = known.by_origin(origin)
    try:
        return log_key(origin, entity.key(Use.LOG, office.clock.now()).public_bytes) if entity else None
    except ComityError:
        return None


def _check_page(
    visit: Visit, proof: str, entry: str, mistakes: list[Mistake], answer: Answer | None, status: int = 200
) -> Response:
    values = {"proof": [proof], "entry": [entry]}
    return visit.page("check.html", status, values=values, mistakes=mistakes, answer=answer)
