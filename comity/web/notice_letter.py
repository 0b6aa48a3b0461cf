"""The notice to a person concerned as a letter in plain words, in the language of who reads it: to print, or as a file.

It is a draft, and says so: a person completes it, signs it and sends it; nothing is sent from here.
"""

from collections.abc import Iterator
from typing import Any, Final

from starlette.responses import Response

from comity.web import dates, marks
from comity.web.case_pages import load
from comity.web.catalogues import words_of
from comity.web.languages import Language
from comity.web.right_words import SECRECY_CODES
from comity.web.site import Visit
from comity.web.words import MEASURES, N_
from comity.workflows.write_notice import NoticeText, write_notice

DRAFT: Final = N_(
    "A draft: nobody has reviewed this text. A person of this office completes it, signs it and sends it."
)
TITLE: Final = N_("Notice about data that concern you")
BLANK: Final = "……………………"
Paragraph = tuple[str, dict[str, Any]]


def get_notice(visit: Visit) -> Response:
    case = load(visit)
    notice = write_notice(visit.office, visit.person, case.id, visit.request.url.path)
    language = visit.language
    parts = [
        (heading, [(text, {name: _value(one, language) for name, one in values.items()}) for text, values in said])
        for heading, said in paragraphs(notice)
    ]
    return visit.page("notice.html", case=case, parts=parts, notice_title=TITLE, notice_draft=DRAFT, blank=BLANK)


def get_notice_text(visit: Visit) -> Response:
    """The same as a plain text file, to complete in any editor."""
    case = load(visit)
    notice = write_notice(visit.office, visit.person, case.id, visit.request.url.path)
    text = as_text(notice, visit.language, visit.office.name, case.id)
    headers = {
        "content-disposition": f'attachment; filename="notice-{case.id[-8:]}-{visit.language.code}.txt"',
        "content-language": visit.language.code,
    }
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)


def as_text(notice: NoticeText, language: Language, office_name: str, reference: str) -> str:
    """The same as plain text. What nobody has translated stands in English."""
    said = words_of(language)

    def plain(text: str) -> str:
        return marks.unmarked(said.text(text))

    lines = [plain(TITLE).upper(), "", plain(DRAFT), "", f"{office_name}", f"{plain(N_('Reference'))}: {reference}", ""]
    if not said.is_reviewed:
        lines[3:3] = ["", plain(N_("This translation was not reviewed by a person."))]
    for heading, found in paragraphs(notice):
        lines += [plain(heading), ""]
        for text, values in found:
            lines += [_said(text, values, language), ""]
    return "\n".join([*lines, BLANK, ""])


def _said(text: str, values: dict[str, Any], language: Language) -> str:
    shown = marks.unmarked(words_of(language).text(text))
    return shown % {name: _value(one, language) for name, one in values.items()} if values else shown


def _value(one: Any, language: Language) -> str:
    """A list of words of ours, a day, or what stands as it is."""
    said = words_of(language)
    if isinstance(one, list):
        return said.comma.join(marks.unmarked(said.text(word)) for word in one)
    return one if isinstance(one, str) else str(dates.show_day(one, language.locale))


def paragraphs(notice: NoticeText) -> Iterator[tuple[str, list[Paragraph]]]:
    """Each heading with its paragraphs, a sentence of ours with the values that stand in it."""
    who = (
        N_("This office asked another State for data that concern you.")
        if notice.asked_here
        else N_("Another State asked for data that concern you, and this office dealt with its request.")
    )
    yield N_("What happened"), [(who, {})]
    measures = [MEASURES.get(one, one) for one in notice.measures]
    done: list[Paragraph] = [(N_("The measure: %(measures)s."), {"measures": measures})]
    if notice.since is not None and notice.until is not None:
        when = {"since": notice.since, "until": notice.until}
        done.append((N_("It was about the time from %(since)s until %(until)s."), when))
    yield N_("What was done"), done
    basis: list[Paragraph] = [(N_("It was done under: %(basis)s."), {"basis": notice.basis or BLANK})]
    yield N_("On which basis"), basis
    secret = {"since": notice.secret_since, "until": notice.secret_until}
    yield (
        N_("Why you were not told before"),
        [
            (N_("It was kept secret from %(since)s until %(until)s."), secret),
            (N_("The reason then: %(reason)s."), {"reason": [SECRECY_CODES[notice.reason.value]]}),
        ],
    )
    yield (
        N_("What you can do"),
        [
            (N_("You can have a court or another independent body review whether this was lawful."), {}),
            (N_("You can ask what data are held about you, and have them corrected or erased if they are wrong."), {}),
            (N_("You can complain to the body named here: %(body)s, until %(day)s."), {"body": BLANK, "day": BLANK}),
            (N_("A lawyer can help you. Keep this letter: it names the reference of the file."), {}),
        ],
    )
