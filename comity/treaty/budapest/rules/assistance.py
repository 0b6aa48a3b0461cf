"""Mutual assistance under this instrument: language, urgent channels, dual criminality (25, 27(9))."""

from collections.abc import Iterator

from comity.treaty.budapest.parties import Declared, load_parties
from comity.treaty.budapest.rules.basis import other_treaty
from comity.treaty.budapest.rules.cited import cite, recite
from comity.treaty.budapest.rules.scope import principal
from comity.treaty.declarations import DualCriminality
from comity.treaty.findings import PROGRAM, Effect, Finding, Met, NotMet, declared_by
from comity.treaty.rules import assistance
from comity.treaty.rules.matter import Item, Matter, shorten

DUAL = "dual_criminality"


def form(matter: Matter) -> Iterator[Finding]:
    """What holds once for the request, where data are to be handed over."""
    yield other_treaty(matter)
    yield from recite(assistance.form(matter), PROGRAM)
    if matter.request.urgent:
        yield channel(matter)


def channel(matter: Matter) -> Finding:
    """25(3), 27(9): fast means if they are secure and authenticated, answered likewise; who is addressed."""
    entry = load_parties().entry(matter.requested.state)
    known = entry.declaration_27_9_e if entry else Declared.NOT_KNOWN
    route = {
        Declared.MADE: f"{matter.requested.state} has declared that such requests go to its central authority.",
        Declared.NONE: "Judicial authorities may write to each other, with copies between the central authorities.",
        Declared.UNCONFIRMED: "It is said, unconfirmed, to want such requests sent to its central authority.",
        Declared.NOT_KNOWN: "Whether it wants such requests sent to its central authority only was not read.",
    }[known]
    why = f"Marked urgent: fast means serve if they are secure and authenticated, and it answers by them. {route}"
    todo = "Send it by comity to the central authority; confirm formally if asked."
    citation, title = cite("25(3)", "27(9)"), "The urgent channel"
    return NotMet(
        "assistance.channel", citation, title, why, todo, Effect.NOTE, basis=declared_by(matter.requested.state)
    )


def dual_criminality(matter: Matter, item: Item) -> Finding:
    """25(5): only where the requested Party's law or treaties ask for it; the conduct counts, not its name."""
    measure, requested, title, found = item[0].measure, matter.requested, "Dual criminality", principal(matter)
    if requested.dual_criminality is DualCriminality.NOT_REQUIRED:
        why = f"{requested.name} has declared that it assists without it."
        return Met(DUAL, cite("25(5)"), title, why, measure, declared_by(requested.state))
    if found is not None and requested.invented and matter.requesting.invented:
        why = f"Tested and met: article {found.article} makes this conduct an offence in both States; none reserves it."
        return Met(DUAL, cite("25(5)", found.article), title, why, measure)
    because = "each State's law decides on an offence outside articles 2 to 11"
    if found is not None:
        because = f"what the two States have declared or reserved on article {found.article} is not known here"
    said = matter.request.dual_criminality
    told = f"The request states: {shorten(said)}" if said else "The request says nothing on it."
    why = f"Not tested: {because}. This instrument does not ask for it; the requested Party's law may. {told}"
    todo = "If your law asks for it, compare the conduct, not its name; if it is no offence, assist or say why not."
    return matter.theirs(DUAL, cite("25(5)", "25(4)"), title, why=why, todo=todo, measure=measure)
