"""What matters are about: facts of a request, of a few invented kinds, complete by articles 40(15) and 42(3).

Nothing in them is of a real case: addresses are of RFC 5737, domains of RFC 2606.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

import msgspec

from comity.base.ids import StateCode
from comity.treaty.request import Confidentiality, Offence, Request, Screens, Sought
from comity.treaty.terms import DataCategory, Stage


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of matter. article: of the Convention, '' for a serious crime that is none of its offences."""

    name: str
    article: str
    law: str
    years: int
    facts: str


CONVENTION: Final = (
    Kind("Fraud through an ICT system", "13", "Criminal Code, section 241", 8, "an online investment scam"),
    Kind("Illegal access", "7", "Criminal Code, section 310", 5, "a break-in at a hospital's server"),
    Kind("Interference with a system", "10", "Criminal Code, section 313", 6, "ransomware at a water works"),
    Kind("Forgery through an ICT system", "12", "Criminal Code, section 244", 5, "forged invoices of a supplier"),
)
SERIOUS: Final = (
    Kind("Trade in narcotic drugs", "", "Narcotics Act, section 9", 12, "a shop for narcotics on a hidden service"),
    Kind("Extortion", "", "Criminal Code, section 250", 10, "threats to a family, sent from a mailbox"),
)
_WHY: Final = (
    "The payments end at accounts opened with forged papers: the account at the provider is the only trace left."
)


@dataclass(frozen=True, slots=True)
class Matter:
    """One matter: who asks whom, what about, how. `number`: of all matters, from 1."""

    number: int
    requesting: StateCode
    requested: StateCode
    kind: Kind
    urgent: bool
    preserves: bool
    produces: bool
    secret: bool
    emergency: bool = False


def preservation(matter: Matter, today: date) -> Request:
    """A request to preserve, complete by article 42(3)."""
    sought = Sought(
        measure="expedited_preservation",
        data=f"Subscriber record and access logs of the account behind {_address(matter)}.",
        relation="The account was used for the offence; its logs show by whom.",
        categories=(DataCategory.SUBSCRIBER, DataCategory.TRAFFIC),
        identifiers=_identifiers(matter),
        custodian=f"Hosting Company {matter.requested} (invented)",
        location=f"State {matter.requested}",
        period_from=today - timedelta(days=90),
        period_to=today,
        period_days=90,
    )
    return _request(matter, today, sought, assistance_will_follow=True, necessity="Logs are deleted after 30 days.")


def production(matter: Matter, today: date) -> Request:
    """A request for assistance, complete by article 40(15); no content data."""
    sought = Sought(
        measure="production_of_stored_data",
        data="Access logs of the account: time, source address and session of each login.",
        relation="The logins show who used the account, and from where.",
        categories=(DataCategory.TRAFFIC,),
        identifiers=_identifiers(matter),
        custodian=f"Hosting Company {matter.requested} (invented)",
        location=f"State {matter.requested}",
        period_from=today - timedelta(days=90),
        period_to=today,
    )
    return _request(
        matter,
        today,
        sought,
        purpose="To identify who used the account, and to prove it at trial.",
        necessity=_WHY,
        proportionality="One account, three months, no content; the payment trail was followed first and ended.",
        dual_criminality=f"The conduct, {matter.kind.facts}, is an offence by {matter.kind.law}.",
    )


def mended(request: Request) -> Request:
    """The request with what was asked for."""
    return msgspec.structs.replace(request, note="The invoice of the account is enclosed, as asked for.")


def _request(matter: Matter, today: date, sought: Sought, **more: object) -> Request:
    kind, asking = matter.kind, matter.requesting
    secret = Confidentiality(
        wanted=matter.secret,
        until=today + timedelta(days=80) if matter.secret else None,
        reasons="The holder would delete the account." if matter.secret else "",
        code="destruction" if matter.secret else "",
    )
    offence = Offence(
        article=kind.article,
        name=kind.name,
        law=f"{kind.law} of State {asking}: up to {kind.years} years",
        max_penalty_years=kind.years,
        penalty_in_force_since=date(2015, 1, 1),
        act_committed_on=today - timedelta(days=90),
    )
    given: dict[str, object] = {
        "requesting": asking,
        "requested": matter.requested,
        "authority": f"24/7 Desk of State {asking}",
        "conducting_authority": f"Cyber Division, National Police of State {asking} (investigates)",
        "subject": f"Investigation {today.year}-{matter.number:05} into {kind.facts}",
        "stage": Stage.INVESTIGATION,
        "facts": f"Invented: {kind.facts}; the traces lead to {_address(matter)} in State {matter.requested}.",
        "language": "en",
        "made_on": today,
        "urgent": matter.urgent,
        "offence": offence,
        "measures": (sought,),
        "confidentiality": secret,
        "screens": Screens(expression=False, protected_ground=False, research=False),
        "source": "invented for a simulation",
    }
    return Request(**(given | more))  # type: ignore[arg-type]  # by the names of its own fields


def _address(matter: Matter) -> str:
    return f"192.0.2.{matter.number % 250 + 1}"


def _identifiers(matter: Matter) -> tuple[str, ...]:
    return (_address(matter), f"shop-{matter.number}.example")


def draw_kind(random: Random, serious: float) -> Kind:
    """serious: the share of matters that are none of the Convention's offences."""
    return random.choice(SERIOUS if random.random() < serious else CONVENTION)
