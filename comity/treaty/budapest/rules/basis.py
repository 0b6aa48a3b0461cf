"""Legal basis: both are Parties that day, by a record that was read, or a person confirms it (36, 37, 38, 25(4))."""

from collections.abc import Iterator

from comity.base.ids import is_exercise_state
from comity.base.mode import Mode
from comity.treaty.budapest.parties import Parties, load_parties
from comity.treaty.budapest.rules.cited import cite
from comity.treaty.declarations import Declarations
from comity.treaty.findings import Effect, Finding, Met, NeedsDecision, NotMet, declared_by
from comity.treaty.rules.matter import Matter, shorten
from comity.treaty.standing import Standing
from comity.treaty.terms import Role


def check(matter: Matter) -> Iterator[Finding]:
    parties = load_parties()
    yield two_states(matter)
    yield live(matter, parties) if matter.mode is Mode.LIVE else exercise(matter, parties)
    if matter.mode is Mode.LIVE:
        yield from territories(matter, parties)
    for side in (matter.requesting, matter.requested):
        yield declared(side, parties)


def two_states(matter: Matter) -> Finding:
    """25(1): assistance is between two Parties."""
    a, b = matter.request.requesting, matter.request.requested
    citation, title = cite("25(1)"), "Two different States"
    if a != b:
        return Met("basis.two_states", citation, title, f"{a} asks {b}.")
    why = f"{a} asks itself: that is a domestic matter."
    return NotMet("basis.two_states", citation, title, why, "Name the State that is asked.", Effect.STOP)


def live(matter: Matter, parties: Parties) -> Finding:
    """36(4), 37(2): in force for both; a row that nobody confirmed makes no basis without a person."""
    citation, title = cite("36(4)", "37(2)"), "The Budapest Convention in force between the two States"
    a, b = matter.request.requesting, matter.request.requested
    basis = parties.legal_basis(a, b, matter.on)
    match basis.standing:
        case Standing.STANDS:
            since = " and ".join(_since(parties, state) for state in (a, b))
            why = f"Both are Parties by this record: {since}. Nothing after {parties.read_until} was read for it."
            return Met("basis.in_force", citation, title, why)
        case Standing.TO_CONFIRM:
            todo = (
                "Confirm it from the depositary's chart of signatures and ratifications, and record where you read it."
            )
            why = " ".join(basis.to_confirm)
            return NeedsDecision("basis.in_force", citation, title, why, todo, Role.CASE_LAWYER)
        case Standing.MISSING:
            todo = "Use another legal basis that binds both, or hold this as an exercise."
            return NotMet("basis.in_force", citation, title, " ".join(basis.missing), todo, Effect.STOP)


def _since(parties: Parties, state: str) -> str:
    entry = next(one for one in parties.entries if one.state == state)
    return f"{entry.name} since {entry.entry_into_force} ({shorten(entry.source)})"


def exercise(matter: Matter, parties: Parties) -> Finding:
    """An exercise creates no obligation and says that it is one."""
    a, b = matter.request.requesting, matter.request.requested
    citation = cite("36(4)", "37(2)")
    if is_exercise_state(a) and is_exercise_state(b):
        why = (
            f"EXERCISE between the invented States {a} and {b}: the Budapest Convention is applied as if it bound them."
        )
        return Met("basis.exercise", citation, "EXERCISE", why)
    basis = parties.legal_basis(a, b, matter.on)
    told = {
        Standing.STANDS: "It does, but this is no live request.",
        Standing.TO_CONFIRM: "It may: " + " ".join(basis.to_confirm),
        Standing.MISSING: "It does not: " + " ".join(basis.missing),
    }[basis.standing]
    why = f"EXERCISE, hypothetical: assessed as if the Budapest Convention bound {a} and {b} on {matter.on}. {told}"
    return Met("basis.exercise", citation, "EXERCISE, hypothetical: nothing can be sent or executed on it", why)


def territories(matter: Matter, parties: Parties) -> Iterator[Finding]:
    """38: a Party's overseas territories are bound only where it has said so; a note, as data may be there."""
    entry = parties.entry(matter.request.requested)
    if entry is not None and entry.territories:
        why = f"{entry.name} has said which of its territories are bound, and that is not on this record."
        todo = "If the data are in an overseas territory, check that the territory is bound."
        citation, basis = cite("38"), declared_by(entry.state)
        yield NotMet("basis.territory", citation, "Territories", why, todo, Effect.NOTE, basis=basis)


def declared(side: Declarations, parties: Parties) -> Finding:
    """27(2), 35, 40, 42: authorities, contact points, declarations, reservations; nothing is assumed for a Party."""
    citation, title, basis = cite("27(2)", "40", "42"), f"Declarations of {side.state}", declared_by(side.state)
    if side.known and side.invented:
        why = f"On file: {side.name}; source: {side.source}."
        return Met("basis.declarations", citation, title, why, basis=basis)
    entry = parties.entry(side.state)
    read = f"On record, as far as it was read: {entry.declarations}." if entry and entry.declarations else ""
    why = (
        f"What {entry.name if entry else side.state} has declared under this instrument is not known as a whole. {read}"
    )
    todo = "Find its authorities, contact point, declarations and reservations in the depositary's list."
    return NeedsDecision("basis.declarations", citation, title, why.rstrip(), todo, Role.CASE_LAWYER, basis=basis)


def other_treaty(matter: Matter) -> Finding:
    """25(4), 27(1), 28(1): another treaty's conditions come first, and 27 and 28 stand back for it."""
    citation, title, said = (
        cite("25(4)", "27(1)", "28(1)"),
        "What else stands between the two",
        matter.request.other_treaty,
    )
    if not said:
        why = "It is not said whether a treaty or arrangement on mutual assistance stands between the two."
        todo = "Find out, and set other_treaty to its name or to 'none': its conditions and grounds come first."
        return NeedsDecision("basis.other_treaty", citation, title, why, todo, Role.CASE_LAWYER)
    if said.casefold() == "none":
        why = "None, by the request: articles 27 and 28 apply, beside the requested Party's law."
        return Met("basis.other_treaty", citation, title, why)
    why = (
        f"{shorten(said)}: its conditions and grounds come first; articles 27 and 28 apply only if both agree to that."
    )
    todo = "Check the request against it; comity has no rules for it."
    return NotMet("basis.other_treaty", citation, title, why, todo, Effect.NOTE)
