"""Grounds for refusal and postponement, limits on use, secrecy (27(4)-(8), 28, 29(5), 30(2))."""

from collections.abc import Iterator

from comity.treaty.budapest.rules.cited import cite, recite
from comity.treaty.findings import Effect, Finding, NotMet
from comity.treaty.measures import Contents
from comity.treaty.rules import use_limits
from comity.treaty.rules.matter import Item, Matter, shorten


def refusal(item: Item) -> Finding:
    """The closed list of each measure, as a note; software applies none of them."""
    sought, kind = item
    rule, title = "refusal.grounds", "What the requested Party may still decide"
    if kind.contents is Contents.PRESERVATION:
        why = (
            "Refusable only for a political offence or essential interests; a missing content is asked for, no ground."
        )
        citation, todo = cite("29(5)", "29(6)"), "Say which ground, and why, though this article asks for no reasons."
    elif kind.contents is Contents.TRAFFIC_DISCLOSURE:
        why = "Withheld only for a political offence or essential interests."
        citation, todo = cite("30(2)"), "Say which ground, and why, though this article asks for no reasons."
    else:
        why = (
            "It may refuse by its law and treaties, for a political offence, or for essential interests; never only "
            "for fiscal matters in articles 2 to 11. It may postpone for its own proceedings."
        )
        todo = "Consider doing it in part or under conditions first; give reasons for refusal or postponement."
        citation = cite("25(4)", "27(4)", "27(5)", "27(6)", "27(7)")
    return NotMet(rule, citation, title, why, todo, Effect.NOTE, sought.measure)


def use(matter: Matter, item: Item) -> Finding:
    """28(2)(b): nothing limits the use unless the requested Party attaches the condition; it is offered that choice."""
    sought, citation, title = item[0], cite("28(2)(b)", "28(3)"), "Use limited to the matter stated"
    if not (matter.request.purpose and matter.request.subject):
        why = "Subject and purpose are not both stated, so a limit on use would have nothing to hold to."
        return NotMet("use_limits.use", citation, title, why, "Set subject and purpose.", Effect.NOTE, sought.measure)
    why = f"No limit holds by itself here. Attach it, and it is only for: {shorten(matter.request.subject)}."
    todo = "Decide whether to supply on condition of no other use, and of confidentiality; once accepted, it binds."
    return matter.theirs("use_limits.use", citation, title, why=why, todo=todo, measure=sought.measure)


def secrecy(matter: Matter) -> Iterator[Finding]:
    """27(8): secrecy may be asked for; an end and the longest term are the policy of the State that set one."""
    if (found := use_limits.secrecy(matter)) is not None:
        yield from recite([found])
