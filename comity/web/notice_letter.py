"""The notice to a person concerned as a page to print, and as a text file to complete in any editor."""

from starlette.responses import Response

from comity.base.ids import end_of
from comity.web.case_pages import load
from comity.web.notice_text import BLANK, DRAFT, TITLE, as_text, paragraphs, shown_value
from comity.web.site import Visit
from comity.workflows.write_notice import write_notice


def get_notice(visit: Visit) -> Response:
    case = load(visit)
    notice = write_notice(visit.office, visit.person, case.id, visit.request.url.path)
    language = visit.language
    parts = [
        (heading, [(text, {name: shown_value(one, language) for name, one in values.items()}) for text, values in said])
        for heading, said in paragraphs(notice)
    ]
    return visit.page("notice.html", case=case, parts=parts, notice_title=TITLE, notice_draft=DRAFT, blank=BLANK)


def get_notice_text(visit: Visit) -> Response:
    """The same as a plain text file, to complete in any editor."""
    case = load(visit)
    notice = write_notice(visit.office, visit.person, case.id, visit.request.url.path)
    text = as_text(notice, visit.language, visit.office.name, case.id)
    headers = {
        "content-disposition": f'attachment; filename="notice-{end_of(case.id)}-{visit.language.code}.txt"',
        "content-language": visit.language.code,
    }
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)
