"""Legal basis: the Convention binds the two States that day, or the request is an exercise (articles 64, 65)."""

from collections.abc import Iterator

from comity.base.ids import is_exercise_state
from comity.base.mode import Mode
from comity.treaty.citation import Citation
from comity.treaty.declarations import Declarations
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, declared_by
from comity.treaty.rules.matter import Matter
from comity.treaty.terms import Role


def check(matter: Matter) -> Iterator[Finding]:
    yield two_states(matter)
    yield live(matter) if matter.mode is Mode.LIVE else exercise(matter)
    for side in (matter.requesting, matter.requested):
        yield declared(side)


def two_states(matter: Matter) -> Finding:
    """Assistance is between two States; an authority orders at home under its own law (article 5(2))."""
    a, b = matter.request.requesting, matter.request.requested
    citation, title = Citation.of("40(1)"), "Two different States"
    if a != b:
        return Met("basis.two_states", citation, title, f"{a} asks {b}.")
    why = f"{a} asks itself: that is a domestic matter."
    return NotMet("basis.two_states", citation, title, why, "Name the State that is asked.", Effect.STOP)


def live(matter: Matter) -> Finding:
    """In force for both that day, or the request cannot be made under the Convention (article 65)."""
    citation, title = Citation.of("65(1)", "65(2)"), "The Convention in force between the two States"
    basis = matter.register.legal_basis(matter.request.requesting, matter.request.requested, matter.on)
    if basis.stands:
        why = f"In force for {matter.requesting.name} and {matter.requested.name} on {matter.on}."
        return Met("basis.in_force", citation, title, why)
    todo = "Use another legal basis that binds both (art. 60), or hold this as an exercise."
    return NotMet("basis.in_force", citation, title, " ".join(basis.missing), todo, Effect.STOP)


def exercise(matter: Matter) -> Finding:
    """An exercise creates no obligation and says that it is one."""
    citation = Citation.of("65(1)")
    a, b = matter.request.requesting, matter.request.requested
    if is_exercise_state(a) and is_exercise_state(b):
        why = f"EXERCISE between the invented States {a} and {b}: the Convention is applied as if it bound them."
        return Met("basis.exercise", citation, "EXERCISE", why)
    basis = matter.register.legal_basis(a, b, matter.on)
    why = f"EXERCISE, hypothetical: assessed as if the Convention bound {a} and {b} on {matter.on}. "
    why += "It does, but this is no live request." if basis.stands else "It does not: " + " ".join(basis.missing)
    return Met("basis.exercise", citation, "EXERCISE, hypothetical: nothing can be sent or executed on it", why)


def declared(side: Declarations) -> Finding:
    """What a State has declared decides language, authority, reservations; without it a lawyer must find out."""
    citation = Citation.of("40(12)", "40(14)")
    title = f"Declarations of {side.state}"
    basis = declared_by(side.state)
    if side.known:
        why = f"On file: {side.name}; source: {side.source}."
        return Met("basis.declarations", citation, title, why, basis=basis)
    why = f"No declarations of {side.state} are known here: central authority, languages, reservations, practice."
    if side.is_partly_known:
        abouts = [one.about for one in side.reservations] + [one.about for one in side.reported]
        said = " ".join(dict.fromkeys(abouts))
        why = f"Only part of what {side.name} has declared is on file: {said} Source: {side.source}."
    todo = f"Find out what {side.state} has notified to the depositary; nothing is assumed for it."
    return NeedsDecision("basis.declarations", citation, title, why, todo, Role.CASE_LAWYER, basis=basis)
