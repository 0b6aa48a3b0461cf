"""Signals of misuse at the pages: what stands out, for oversight; a question that one opens, for the person asked.

Who is asked is told the signal, its figures and the cases, and not the requester's name. An answer changes no case.
"""

from typing import Any, Final

from starlette.responses import Response

from comity.adapters.signal_rates import packaged_rates
from comity.base.errors import ComityError
from comity.docket.standing import title_of
from comity.oversight.signals.every import SIGNALS, signal
from comity.oversight.signals.signal import CHANCE
from comity.web import signal_words
from comity.web.site import Visit, status_of, to
from comity.workflows import ask_about_signal, look_for_signals, people
from comity.workflows.ask_about_signal import ANSWER_DAYS, ANSWERS, TEXT_MOST, kept
from comity.workflows.signal_store import Question

CASES_SHOWN: Final = 50
_LEAST_CHANCE: Final = 1e-12
"""A chance that is smaller is shown as this one."""


def overseen(visit: Visit) -> dict[str, Any]:
    """What the part of the oversight page shows; the look is recorded by the page."""
    seen = look_for_signals.read(visit.office)
    return {
        "seen": seen,
        "standing_out": seen.standing_out,
        "silent": sum(1 for one in seen.readings if not one.enough),
        "asked": [_shown(visit, one) for one in seen.questions],
        "already": {(one.signal, one.requester) for one in seen.questions if one.is_open},
        "can_answer": _can_answer(visit),
        "rates": packaged_rates(),
        "signals": SIGNALS,
        "chance": round(1 / CHANCE),
        "odds": _odds,
        "titles": _titles(visit),
        "text_most": TEXT_MOST,
        "answer_days": ANSWER_DAYS,
        "said": signal_words,
    }


def post_ask(visit: Visit) -> Response:
    """Ask a person about a signal. The workflow checks that oversight does."""
    form = visit.form
    ask_about_signal.ask(
        visit.office,
        visit.person,
        signal=form.text("signal"),
        requester=form.text("requester"),
        of=form.text("of"),
        text=form.text("question"),
    )
    return to("/oversight?part=signals")


def get_questions(visit: Visit) -> Response:
    """What the reader has to answer."""
    return _questions(visit)


def post_answer(visit: Visit) -> Response:
    try:
        ask_about_signal.answer(
            visit.office, visit.person, visit.form.text("question"), reasons=visit.form.text("reasons")
        )
    except ComityError as error:
        return _questions(visit, error.what, status_of(error))
    return to("/questions")


def _questions(visit: Visit, trouble: str = "", status: int = 200) -> Response:
    found = [_shown(visit, one) for one in ask_about_signal.open_questions(visit.office, visit.person)]
    return visit.page(
        "questions.html",
        status,
        questions=found,
        said=signal_words,
        rates=packaged_rates(),
        titles=_titles(visit),
        text_most=TEXT_MOST,
        trouble=trouble,
    )


def _titles(visit: Visit) -> dict[str, str]:
    """What each case is about, by its id."""
    return {case.id: title_of(case) for case in visit.site.index.all()}


def _odds(chance: float) -> int:
    """One in how many: a small chance as people say it."""
    return round(1 / max(chance, _LEAST_CHANCE))


def _shown(visit: Visit, one: Question) -> dict[str, Any]:
    read = kept(one)
    return {
        "question": one,
        "signal": signal(one.signal),
        "kept": read,
        "cases": read.cases[:CASES_SHOWN],
        "more": max(0, len(read.cases) - CASES_SHOWN),
        "late": one.is_open and one.due < visit.office.clock.now().seconds,
    }


def _can_answer(visit: Visit) -> list[str]:
    named = {str(person): roles for person, roles in visit.office.people.items()}
    known, _ = people.list_all(visit.office)
    for one in known:
        named[str(one.person.id)] = one.person.roles if one.person.active else frozenset()
    return sorted(name for name, roles in named.items() if roles & ANSWERS and name != visit.person)
