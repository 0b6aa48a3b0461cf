"""A case on paper and as a file: the letter that can be printed and checked, and the signed export."""

import io
from typing import Any
from urllib.parse import urlencode

import segno
from starlette.responses import Response

from comity.base.errors import OutOfOrder
from comity.cases.case import Case
from comity.docket.standing import title_of
from comity.web.case_facts import FILE, facts
from comity.web.case_pages import load
from comity.web.site import Visit
from comity.workflows import export_case, letters
from comity.workflows.letters import Printed


def get_export(visit: Visit) -> Response:
    """The whole case as one signed file, for who may take it out of the node; that it was made is recorded."""
    case = load(visit)
    made = export_case.export(visit.office, visit.person, case.id)
    headers = {"content-disposition": f'attachment; filename="{made.name}"'}
    return Response(made.data, media_type="application/zip", headers=headers)


def get_letter(visit: Visit) -> Response:
    """The request in plain form, to be printed, with a code by which anybody can ask whether it is genuine."""
    case = load(visit)
    printed = _printed(visit, case)
    context: dict[str, Any] = {
        "case": case,
        "title": title_of(case),
        "groups": [group for group in facts(case) if group.title != FILE],
        "printed": printed,
        "address": _address(visit, printed.code) if printed else "",
    }
    return visit.page("letter.html", **context)


def get_letter_picture(visit: Visit) -> Response:
    """The address of the check as a QR code, black on white."""
    address = _address(visit, letters.code_of(visit.office, load(visit).id))
    picture = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(picture, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgns=True)
    return Response(picture.getvalue(), media_type="image/svg+xml")


def _printed(visit: Visit, case: Case) -> Printed | None:
    """The letter's code, made when it is first asked for; None where nothing was signed yet."""
    try:
        return letters.print_letter(visit.office, visit.person, case.id, visit.request.url.path)
    except OutOfOrder:
        return None


def _address(visit: Visit, code: str) -> str:
    return f"{visit.site.url.rstrip('/')}/public/check?{urlencode({'code': code})}"
