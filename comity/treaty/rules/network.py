"""What the 24/7 network is asked beside preservation: advice, where data are, where a suspect is (41(3), 42(2)).

No data of a user pass this way: `scope.reach` stops a request that names a category of them.
"""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Finding, Met
from comity.treaty.request import Sought
from comity.treaty.rules import analogy, assistance
from comity.treaty.rules.matter import Item, Matter, shorten


def advice(matter: Matter, item: Item) -> Iterator[Finding]:
    yield question(matter, item[0])
    yield no_user_data(item)


def provider_location(matter: Matter, item: Item) -> Iterator[Finding]:
    yield identifier(matter, item[0])
    yield purpose(matter, item[0])
    yield no_user_data(item)


def suspect_location(matter: Matter, item: Item) -> Iterator[Finding]:
    """41(3)(d): a person is found by the same contents as mutual legal assistance, by policy."""
    yield person(matter, item[0])
    yield from analogy.apply(matter, item[0].measure, assistance.check(matter, item))


def question(matter: Matter, sought: Sought) -> Finding:
    """41(3)(a), (c): technical advice or legal information on a stated question."""
    lacking = {} if sought.data else {"what advice or information is asked": "Set data in the measure."}
    return matter.stated("network.question", "41(3)(a)", lacking, sought.measure, shorten(sought.data))


def identifier(matter: Matter, sought: Sought) -> Finding:
    """42(2): where the data are, or who the provider is, of something that is named."""
    shown = ", ".join(shorten(text, 48) for text in sought.identifiers)
    lacking = {} if shown else {"which account, address or service is meant": "Set identifiers in the measure."}
    return matter.stated("network.identifier", "42(2)", lacking, sought.measure, shown)


def purpose(matter: Matter, sought: Sought) -> Finding:
    """42(2): asked in order to preserve or to ask for the data."""
    text = matter.request.purpose or matter.request.necessity
    lacking = {} if text else {"what it is needed for": "Set purpose, or necessity."}
    return matter.stated("network.purpose", "42(2)", lacking, sought.measure, shorten(text))


def person(matter: Matter, sought: Sought) -> Finding:
    """41(3)(d): a suspect, named or described; nobody else is looked for this way."""
    suspects = [one for one in matter.request.persons if one.role == "suspect"]
    shown = ", ".join(shorten(one.name or one.nationality or one.role, 48) for one in suspects)
    lacking = {} if suspects else {"which suspect is to be found": 'Add [[persons]] with role = "suspect".'}
    return matter.stated("network.suspect", "41(3)(d)", lacking, sought.measure, shown)


def no_user_data(item: Item) -> Finding:
    """41(3), 42(2): facilitation and advice; data of users have measures of their own."""
    why = "No data of a user pass this way; ask for them by the measure that hands them over."
    return Met("network.no_user_data", Citation.of(*item[1].articles), "No user data", why, item[0].measure)
