"""Offences of expression, and the political offence that the Convention does not name (OV-02, OV-03)."""

from comity.treaty.findings import Finding
from comity.treaty.offences import route, screened_words
from comity.treaty.rules.matter import Matter
from comity.treaty.rules.screens.answer import answer, own_answer, words


def expression(matter: Matter) -> Finding:
    """Whether the matter is about what somebody said: nothing here may serve to suppress that (6(2), 40(22))."""
    stated, said = matter.request.offence, matter.request.screens.expression
    hits = [f"the word '{word}' in the offence" for word in screened_words(stated.name, stated.law)]
    hits += words(matter, "expression", "the offence", stated.name, stated.law)
    named = route(stated.route)
    if named is not None and named.screen:
        hits.append(f"the route '{named.name}'")
    if said:
        hits.append("the drafter's answer that it turns on expression or belief")
    looked = "the offence's name, law and route, against the lists of words for expression"
    return answer("screens.expression", hits, f"{looked}; {own_answer(said)}")


def political_offence(matter: Matter) -> Finding:
    """Asked in so many words; the result goes to 40(22), 40(21)(b) or 40(21)(d), never to a ground made up for it."""
    stated, said = matter.request.offence, matter.request.screens.political
    hits = words(matter, "political", "the offence", stated.name, stated.law)
    if said:
        hits.append("the drafter's answer that the offence may be political")
    looked = f"the offence's name and law; {own_answer(said)}"
    return answer("screens.political_offence", hits, looked)
