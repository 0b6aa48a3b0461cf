"""People who are heard: statements, hearings by video, safe conduct of those who travel (40(3)(a), 40(18), 40(29))."""

from collections.abc import Iterator

from comity.treaty import periods
from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, NotMet
from comity.treaty.request import Sought
from comity.treaty.rules import assistance
from comity.treaty.rules.matter import Item, Matter, shorten


def statement(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield person(matter, item[0])
    yield rights(item[0])
    yield safe_conduct(matter, item[0])


def by_video(matter: Matter, item: Item) -> Iterator[Finding]:
    yield from assistance.check(matter, item)
    yield person(matter, item[0])
    yield rights(item[0])
    yield video(matter, item[0])


def person(matter: Matter, sought: Sought) -> Finding:
    """40(3)(a), 40(15)(e): who is to be heard."""
    shown = ", ".join(shorten(one.name or one.role, 48) for one in matter.request.persons if one.name or one.role)
    lacking = {} if shown else {"who is to be heard": "Add [[persons]] with a name and a role."}
    return matter.stated("hearing.person", "40(3)(a)", lacking, sought.measure, shown)


def rights(sought: Sought) -> Finding:
    """40(17), 21(4): heard under the requested State's law, with the guarantees both States owe."""
    citation, title = Citation.of("40(17)", "21(4)"), "Rights of the person heard"
    why = "The person is heard under the law of the requested State, with the rights that it gives, the defence too."
    todo = "Say in procedure which warnings or rights your own court will look for."
    return NotMet("hearing.rights", citation, title, why, todo, Effect.NOTE, sought.measure)


def safe_conduct(matter: Matter, sought: Sought) -> Finding:
    """40(29): who travels to be heard is not prosecuted for earlier acts, until some days after he may leave."""
    days = periods.figure("safe_conduct", matter.on)
    citation, title = days.cited, "Safe conduct of who travels"
    why = f"Who agrees to travel is safe from earlier acts until {days.value} {days.unit} after being free to leave."
    todo = "Promise it in writing before anyone travels; tell the person the day it ends."
    return NotMet("hearing.safe_conduct", citation, title, why, todo, Effect.NOTE, sought.measure)


def video(matter: Matter, sought: Sought) -> Finding:
    """40(18): where possible, and consistent with fundamental principles of the requested State's law."""
    why = "A hearing by video may be permitted where it is possible and fits the law's fundamental principles."
    todo = "Decide whether it may be held by video, and who of yours attends."
    citation, title = Citation.of("40(18)"), "By video, if the requested State permits"
    return matter.theirs("hearing.video", citation, title, why=why, todo=todo, measure=sought.measure)
