"""Electronic data to avert an emergency: what the request must show (articles 2(o), 41(3)(e)).

That it is one is a person's decision: `screens.emergency`. The treaty gives no hours, and urgency drops no check.
"""

from collections.abc import Iterator

from comity.treaty.findings import Finding
from comity.treaty.request import Sought
from comity.treaty.rules import analogy
from comity.treaty.rules.matter import Item, Matter, shorten


def check(matter: Matter, item: Item) -> Iterator[Finding]:
    sought, _ = item
    yield situation(matter, sought)
    yield averts(matter, sought)
    yield data(matter, sought)
    yield from analogy.apply(matter, sought.measure, [follow_up(matter, sought)])


def situation(matter: Matter, sought: Sought) -> Finding:
    """2(o): who is at risk of what, and that it is imminent."""
    lacking = {}
    if not matter.request.emergency:
        lacking["whose life or safety is at imminent risk, and from what"] = "Set emergency."
    return matter.stated("emergency.situation", "2(o)", lacking, sought.measure, shorten(matter.request.emergency))


def averts(matter: Matter, sought: Sought) -> Finding:
    """41(3)(e): how these data avert it."""
    lacking = {} if sought.relation else {"how the data would avert it": "Set relation in the measure."}
    return matter.stated("emergency.averts", "41(3)(e)", lacking, sought.measure, shorten(sought.relation))


def data(matter: Matter, sought: Sought) -> Finding:
    """41(3)(e): specified data of named accounts, and no more than the risk asks for."""
    lacking = {}
    if not sought.data:
        lacking["which data are needed"] = "Set data in the measure."
    if not sought.identifiers:
        lacking["whose account or device"] = "Set identifiers in the measure."
    shown = f"{shorten(sought.data)}; {', '.join(shorten(text, 48) for text in sought.identifiers)}"
    return matter.stated("emergency.data", "41(3)(e)", lacking, sought.measure, shown)


def follow_up(matter: Matter, sought: Sought) -> Finding:
    """40(14): what is asked at once is confirmed in writing; a full request afterwards is a State's policy."""
    lacking = {}
    if not matter.request.assistance_will_follow:
        advice = "Set assistance_will_follow = true, and send the full request afterwards."
        lacking["that a full request follows"] = advice
    return matter.stated("emergency.follow_up", "40(14)", lacking, sought.measure, "a full request will follow.")
