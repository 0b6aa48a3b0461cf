"""What the request says of itself: reasons that fit every case, and an offence shown as what it is not.

Sources: 24(1), 24(4) and OV-19; 2(h), 35(1)(c) and OV-01; 4(2) and OV-06.
"""

from collections.abc import Iterator

from comity.treaty import screens
from comity.treaty.findings import Finding
from comity.treaty.measures import measure
from comity.treaty.offences import without_paragraph
from comity.treaty.rules.matter import Matter, shorten
from comity.treaty.rules.scope import is_serious
from comity.treaty.rules.screens.answer import answer, words


def boilerplate(matter: Matter) -> Finding:
    """Proportionality that was not weighed in this case: nothing said of data to be handed over, or only a formula."""
    request = matter.request
    kinds = [measure(one.measure, request.instrument) for one in request.measures]
    discloses = any(kind is not None and kind.uses_power for kind in kinds)
    hits = list(_generic(matter, "proportionality", request.proportionality))
    hits += _generic(matter, "necessity", request.necessity)
    words_said = len(request.proportionality.split())
    if discloses and not words_said:
        hits.append("nothing on proportionality, though data are to be handed over")
    elif 0 < words_said < screens.limit("statement_words").value:
        hits.append(f"proportionality in {words_said} words")
    beside = "Whether the same words were used in other requests only the node can see, which has them all."
    return answer("screens.boilerplate", hits, "the statements on proportionality and necessity", beside=beside)


def _generic(matter: Matter, what: str, text: str) -> Iterator[str]:
    """A sentence of the list, in a statement that hardly holds anything else."""
    if text and len(text.split()) <= screens.limit("generic_words").value:
        yield from words(matter, "boilerplate", f"the statement on {what}", text)


def penalty_raised(matter: Matter) -> Finding:
    """The penalty that makes a crime serious must have been the law when the act was committed (2(h), 35(1)(c))."""
    stated, hits = matter.request.offence, []
    since, act = stated.penalty_in_force_since, stated.act_committed_on
    by_penalty = matter.offence is None and is_serious(matter)
    if by_penalty and since is not None and act is not None and since > act:
        hits.append(f"the maximum of {stated.max_penalty_years} years is law since {since}, the act is of {act}")
    elif by_penalty and (since is None or act is None):
        unsaid = "the day of the act" if since is not None else "since when the law provides that penalty"
        hits.append(f"a serious crime by its penalty, and the request does not say {unsaid}")
    looked = "since when the penalty is law, and the day of the act"
    if not by_penalty:
        looked += "; the request does not rest on the penalty"
    return answer("screens.penalty_raised", hits, looked)


def other_convention(matter: Matter) -> Finding:
    """Article 4 makes nothing an offence here: trafficking, drugs and the like have conventions of their own (4(2))."""
    stated, hits = matter.request.offence, []
    if without_paragraph(stated.article) == "4":
        hits.append("article 4 is named as if it made an offence")
    if matter.offence is not None:
        hits += words(matter, "other_convention", "the offence", stated.name, stated.law)
        if stated.route in screens.codes("other_route"):
            hits.append(f"article {shorten(stated.article, 16)} beside the route '{stated.route}'")
    looked = "the article named, beside the offence's name, law and route"
    return answer("screens.other_convention", hits, looked)
