"""The notice to a person concerned in plain words, in a language: the text of the letter and of the page.

It is a draft, and says so: a person completes it, signs it and sends it; nothing is sent from here.
"""

from collections.abc import Iterator
from typing import Any, Final

from comity.web import dates, marks
from comity.web.catalogues import words_of
from comity.web.languages import Language
from comity.web.right_words import SECRECY_CODES
from comity.web.words import MEASURES, N_
from comity.workflows.write_notice import NoticeText

DRAFT: Final = N_(
    "A draft: nobody has reviewed this text. A person of this office completes it, signs it and sends it."
)
TITLE: Final = N_("Notice about data that concern you")
BLANK: Final = "……………………"
Paragraph = tuple[str, dict[str, Any]]


def as_text(notice: NoticeText, language: Language, office_name: str, reference: str) -> str:
    """The letter as plain text. What nobody has translated stands in English."""
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
    return shown % {name: shown_value(one, language) for name, one in values.items()} if values else shown


def shown_value(one: Any, language: Language) -> str:
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
