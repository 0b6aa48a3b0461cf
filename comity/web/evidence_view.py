"""The evidence of a case: its packages and who held them, checked now; how far one was sent; a report to take away.

Whoever reads the case sees the outside of a package and its custody. The names of files are shown to nobody but who has
it open. A report is taken out of the node, by fewer people (policy), and that it was is recorded for oversight.
"""

import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import Final

from starlette.responses import Response

from comity.base.errors import Conflict
from comity.cases.case import Case
from comity.docket import todo
from comity.docket.standing import title_of
from comity.evidence.case_uco import to_case
from comity.evidence.manifest import Item
from comity.evidence.outside import require_package, verify_outer
from comity.evidence.report import Report, to_html
from comity.web import evidence_facts as facts
from comity.web.case_pages import load
from comity.web.noting import note_access
from comity.web.opened import Made, Opened
from comity.web.site import Visit
from comity.workflows import read_cases
from comity.workflows.access import PersonRole, permit_look
from comity.workflows.export_case import EXPORTERS

REPORTERS: Final = EXPORTERS | {PersonRole.INVESTIGATOR}
"""Who takes a report out of the node: who may export a case, and who opens its evidence. Policy."""


def get_evidence(visit: Visit) -> Response:
    return _show(visit, load(visit))


def post_verify(visit: Visit) -> Response:
    """Read a whole package now, and say whether it holds."""
    case = load(visit)
    digest = facts.package_of(visit.office, case, visit.form.text("package"))
    with _Alone(visit):
        return _show(visit, case, digest, facts.check(visit.office, digest))


def get_transfer(visit: Visit) -> Response:
    """How far the evidence has been sent, alone, for the script that keeps it fresh: no new look at the case."""
    case = read_cases.find(visit.office, visit.path("case"))
    transfer = facts.transfer_of(visit.office, case)
    return visit.page("evidence_transfer.html", case=case, transfer=transfer, live=True)


def get_report_html(visit: Visit) -> Response:
    """The custody of a package for a court, as `comity evidence report` writes it."""
    case, report = _report(visit)
    return _download(visit, case, to_html(report), "html", "text/html; charset=utf-8")


def get_report_json(visit: Visit) -> Response:
    """The same as CASE/UCO, for other programs."""
    case, report = _report(visit)
    document = to_case(report.custody, report.items, version("comity"))
    data = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
    return _download(visit, case, data, "jsonld", "application/ld+json")


def _show(visit: Visit, case: Case, checked: str = "", found: Sequence[facts.Checked] = ()) -> Response:
    office = visit.office
    transfer, opened = facts.transfer_of(office, case), _opened(visit, case)
    rules = read_cases.findings_of(office, case)
    steps = [one.action for one in todo.steps(case, rules)]
    job = visit.site.sealing.find(case.id)
    return visit.page(
        "evidence.html",
        case=case,
        title=title_of(case),
        packages=[facts.kept(office, case, digest) for digest in facts.packages_of(office, case)],
        checked=checked,
        found=found,
        broken=next((one for one in found if one.holds is False), None),
        transfer=transfer,
        opened=opened,
        items=_items(opened),
        may_examine="examine" in steps and todo.may(case, "examine", visit.person, visit.roles, rules),
        may_let_in="let_in" in steps and todo.may(case, "let_in", visit.person, visit.roles, rules),
        made=_made(visit, case),
        may_report=bool(visit.roles & REPORTERS),
        sealing=job if job and job.person == visit.person and not job.ended else None,
        live=transfer is not None and not transfer.is_over,
    )


def _report(visit: Visit) -> tuple[Case, Report]:
    """Raises NotPermitted; or BrokenCustody or BrokenSeal, and then there is no report to rely on."""
    case, office = load(visit), visit.office
    permit_look(office, visit.person, REPORTERS, "take a report of evidence")
    digest = facts.package_of(office, case, visit.query("package"))
    chain, outer = facts.chain_for(office, digest), None
    if office.packages.has(digest):
        with _Alone(visit):
            outer = verify_outer(office.packages.source(digest), chain.sealer_key)
        require_package(outer, digest)
    items = [item for _, item in _items(_opened(visit, case))]
    return case, Report(chain.custody, outer, items, office.clock.now())


def _download(visit: Visit, case: Case, data: bytes, ending: str, kind: str) -> Response:
    note_access(visit, case.id, "reported")
    headers = {"content-disposition": f'attachment; filename="custody-{case.id[-12:]}.{ending}"'}
    return Response(data, media_type=kind, headers=headers)


def _opened(visit: Visit, case: Case) -> Opened | None:
    """What this person has open of the case; nothing of it is shown while oversight has frozen it."""
    if case.is_frozen:
        return None
    return visit.site.for_a_while.of_case(Opened, case.id, visit.person, visit.office.clock.now())


def _made(visit: Visit, case: Case) -> Made | None:
    """The package that this person made of it for others, while it lies here; not while oversight has frozen it."""
    if case.is_frozen:
        return None
    return visit.site.for_a_while.of_case(Made, case.id, visit.person, visit.office.clock.now())


def _items(opened: Opened | None) -> list[tuple[int, Item]]:
    """The files, with their places in the manifest."""
    items = opened.manifest.items if opened else ()
    return [(number, item) for number, item in enumerate(items) if item.kind == "file"]


class _Alone:
    """One package is read at a time for the pages of a node: a large one keeps its disk busy."""

    def __init__(self, visit: Visit) -> None:
        self._lock = visit.site.checking

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            raise Conflict("a package is being checked just now", hint="try again when that is done")

    def __exit__(self, *_: object) -> None:
        self._lock.release()
