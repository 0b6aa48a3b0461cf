"""Research and reporting under articles 7 to 12, and what the requested State requires beyond an article.

Article 11(2) takes authorised testing out of misuse of devices. In the other articles it may lack an element that a
State may require, as dishonest intent; which States require what stands in their declarations (OV-35, OV-36).
"""

from collections.abc import Iterator

from comity.treaty.elements import Element, elements_of
from comity.treaty.findings import Finding, declared_by
from comity.treaty.offences import ConventionOffence
from comity.treaty.rules.matter import Matter
from comity.treaty.rules.screens.answer import answer, marked, own_answer, words

ELEMENTS = "screens.optional_elements"


def check(matter: Matter) -> Iterator[Finding]:
    found = matter.offence
    if found is None:
        return
    if found.research:
        yield research(matter, found)
    if elements_of(found.article):
        yield optional_elements(matter, found)


def research(matter: Matter, offence: ConventionOffence) -> Finding:
    """Whether the conduct may be authorised testing, research or reporting, where the wording reaches it (11(2))."""
    request, said = matter.request, matter.request.screens
    hits = marked(request.persons, "researcher")
    hits += words(matter, "research", "the facts", request.subject, request.facts, request.offence.name)
    answers = {
        "that it may be research, testing or reporting": said.research,
        "that access was authorised": said.access_authorised,
        "that the flaw was reported": said.reported,
        "that it may be in the public interest": said.public_interest,
    }
    hits += [f"the drafter's answer {what}" for what, value in answers.items() if value]
    if Element.SERIOUS_HARM in said.elements_absent and Element.DISHONEST_INTENT in said.elements_absent:
        hits.append("the drafter's answer that there was neither harm nor dishonest intent")
    leaving_out = [
        side.name
        for side in (matter.requesting, matter.requested)
        if side.excludes_research(offence.article, matter.on)
    ]
    beside = f"Research is left out of article {offence.article} by {' and '.join(leaving_out)}." if leaving_out else ""
    if leaving_out and said.research is None:
        hits.append("no answer on whether it may be research")
    looked = f"the status of the persons concerned, the subject and the facts; {own_answer(said.research)}"
    return answer("screens.research", hits, looked, beside=beside)


def optional_elements(matter: Matter, offence: ConventionOffence) -> Finding:
    """What the requested State requires beyond the article, against what the facts show (40(8), 35(3))."""
    state, article = matter.requested, offence.article
    about = {one.name: one.about for one in elements_of(article)}
    required = state.elements_required(article, matter.on)
    shown, absent = matter.request.screens.elements_shown, matter.request.screens.elements_absent
    hits = [
        f"{state.name} requires {about[one]}, which the facts {'exclude' if one in absent else 'are not said to show'}"
        for one in required
        if one in absent or one not in shown
    ]
    if (narrowed := state.narrowing(article, matter.on)) is not None:
        hits.append(f"{state.name} has narrowed article {article}: {narrowed.about.rstrip('.')}")
    if not state.known:
        open_ones = ", ".join(about[one.name] for one in elements_of(article))
        hits.append(f"whether {state.name} requires more than article {article} is not known here ({open_ones})")
        hits += [f"it is reported of {state.name}: {one.about.rstrip('.')}" for one in state.reported]
    needs = ", ".join(about[one] for one in required) or "nothing"
    looked = f"what {state.name} requires beyond article {article} ({needs}), and what the facts show"
    return answer(ELEMENTS, hits, looked, basis=declared_by(state.state))
