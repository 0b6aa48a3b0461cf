"""The papers of a case for a court or the defence: what is given, and what is withheld, named with its digest and why.

Source: articles 21(4), 24(2), 40(19); policy. Given are the request, the answers, who authorised what, custody and the
proofs of the log. What stays out without being asked for is oversight's own and what States said in confidence before
they decided; a person can give it too, or withhold more, each with a reason. A withheld item stands in the signed list
by its digest: given later, it is provably the one that was withheld.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Malformed, NotFound
from comity.base.instants import Instant
from comity.cases import events as e
from comity.crypto import jws
from comity.exchange.directory import Use
from comity.workflows import disclosure_format as form
from comity.workflows import disclosure_readme
from comity.workflows.access import permit
from comity.workflows.export_case import Gathered, gather
from comity.workflows.export_format import README
from comity.workflows.office import Office
from comity.workflows.record import load, record
from comity.workflows.require import require_text

HELD_BACK: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("frozen", "unfrozen"), "oversight's own review, which it makes without the parties (art. 24(2)); policy"
    ),
    **dict.fromkeys(
        ("consultation_opened", "consultation_answered"),
        "what the two States said in confidence before a decision (arts 40(20), 40(28)); policy",
    ),
    **dict.fromkeys(
        ("complaint_recorded", "complaint_forwarded", "complaint_answered"),
        "another person's complaint (art. 36); policy",
    ),
}
"""Kinds of event that are withheld unless somebody gives them, and why."""


@dataclass(frozen=True, slots=True)
class Pack:
    """The files of a pack by name, its signed manifest, and its digest."""

    files: Mapping[str, bytes]
    manifest: form.Manifest

    @property
    def manifest_sha256(self) -> str:
        return str(Digest.of(self.files[form.MANIFEST]))


def plan(gathered: Gathered, withhold: Mapping[str, str], give: frozenset[str]) -> dict[str, str]:
    """What is withheld and why, by name. withhold: more, with reasons; give: of what would be withheld. Raises NotFound
    for a name that the case does not have, Malformed for one withheld without a reason."""
    found: dict[str, str] = {}
    for name, tag in gathered.tags.items():
        if tag in HELD_BACK:
            found[name] = HELD_BACK[tag]
    for name in sorted({*withhold, *give}):
        if name not in gathered.files:
            raise NotFound(f"the case has no item {name!r}", hint="comity case disclosure-pack --list names them")
    for name, why in withhold.items():
        if not why.strip():
            raise Malformed("what is withheld has a reason", where=name, hint="--withhold NAME=REASON")
        if name in form.ALWAYS or name.startswith("directory/"):
            raise Malformed("without it nothing can be checked", where=name, hint="withhold other items")
        found[name] = why.strip()
    found = {name: why for name, why in found.items() if name not in give}
    hidden = {name[len("documents/0000-") :].partition("-")[2][:36] for name in found if name.startswith("documents/")}
    for name in gathered.files:
        if name.startswith("receipts/") and name[len("receipts/0000-") :][:36] in hidden:
            found.setdefault(name, "it is the receipt for a document that is withheld")
    return found


def preview(
    office: Office, person: str, case_id: str, *, withhold: Mapping[str, str], give: frozenset[str]
) -> tuple[tuple[str, int, str], ...]:
    """Every item with its size and, where it is withheld, the reason: nothing is made or recorded."""
    permit(office, person, "disclose")
    gathered = gather(office, case_id)
    held = plan(gathered, withhold, give)
    return tuple((name, len(data), held.get(name, "")) for name, data in sorted(gathered.files.items()))


def disclose(
    office: Office,
    person: str,
    case_id: str,
    *,
    order: str,
    to: str,
    withhold: Mapping[str, str] | None = None,
    give: frozenset[str] = frozenset(),
) -> Pack:
    """The pack, signed, and recorded in the case. order: which court ordered it, and its number; to: who gets it.

    Raises what `plan` raises.
    """
    role = permit(office, person, "disclose")
    by_order = require_text(order, "order", why="say which court ordered it, and under which number")
    whom = require_text(to, "to", why="say who gets it")
    signer, now = office.keys.signer(Use.AUTHORITY), office.clock.now()
    gathered = gather(office, case_id)
    held = plan(gathered, withhold or {}, give)
    files = {name: data for name, data in gathered.files.items() if name not in held}
    files[README] = _readme(office, gathered, now, by_order, whom)
    files[form.SUMS] = form.sums(files)
    manifest = form.Manifest(
        mode=office.mode,
        stamp=office.mode.stamp,
        node=office.node,
        case=gathered.case.id,
        at=now.seconds,
        by=person,
        order=by_order,
        to=whom,
        events=gathered.case.events,
        published=gathered.published,
        files=form.list_files(files),
        withheld=tuple(
            form.Withheld(name, len(gathered.files[name]), str(Digest.of(gathered.files[name])), held[name])
            for name in sorted(held)
        ),
    )
    files[form.MANIFEST] = to_json(manifest)
    files[form.SIGNATURE] = jws.sign_compact(files[form.MANIFEST], signer, form.TYP)
    pack = Pack(files, manifest)
    with office.store.transaction() as tx:
        event = e.DisclosedToCourt(
            at=now.seconds,
            by=person,
            order=by_order,
            to=whom,
            manifest_sha256=pack.manifest_sha256,
            given=len(manifest.files),
            withheld=len(held),
            role=role,
        )
        record(office, tx, load(tx, case_id), event)
    return pack


def _readme(office: Office, gathered: Gathered, now: Instant, order: str, to: str) -> bytes:
    text = disclosure_readme.TEXT.format(
        stamp=f"{office.mode.stamp}: nothing in it is live\n" if office.mode.stamp else "",
        case=gathered.case.id,
        node=office.node,
        state=office.state,
        at=now,
        order=order,
        to=to,
    )
    return text.encode("utf-8")
