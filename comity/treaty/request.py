"""The facts of a request, in the treaty's terms: as a TOML file, and as the body of a signed document.

Reading refuses what is unknown, mistyped or no date. What is merely missing is not refused here: the rules find it
and say what to do.
"""

from datetime import date
from typing import Annotated

import msgspec

from comity.base.ids import StateCode
from comity.base.parsing import read_toml
from comity.treaty.terms import DataCategory, Stage

REQUEST_LIMIT = 131_072
"""Bytes; checked before anything is read."""

Code = Annotated[StateCode, msgspec.Meta(pattern="^[A-Z]{2}$")]
Years = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Days = Annotated[int, msgspec.Meta(ge=1, le=36500)]


class Offence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The offence under investigation.

    article: of the Convention, 7 to 17 or 19, if it is one of its offences; principal: with 19, that taken part in.
    route: a name from offences.toml where it is none. law: the provision of domestic law.
    max_penalty_years: highest deprivation of liberty that law provides, full years (life: the highest term in years,
    and say so in `law`).
    """

    article: str = ""
    principal: str = ""
    route: str = ""
    name: str = ""
    law: str = ""
    max_penalty_years: Years | None = None


class Sought(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One measure asked for. `measure`: a name from measures.toml.

    data: what exactly; relation: how it bears on the offence; identifiers: accounts, addresses, numbers.
    period_from, period_to: the time the data are about, or during which they are to be collected.
    period_days: how long to preserve or to collect; duration_justification: why so long (article 45(3)(f)).
    """

    measure: str
    data: str = ""
    relation: str = ""
    categories: tuple[DataCategory, ...] = ()
    identifiers: tuple[str, ...] = ()
    custodian: str = ""
    location: str = ""
    period_from: date | None = None
    period_to: date | None = None
    period_days: Days | None = None
    duration_justification: str = ""
    procedure: str = ""


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A person concerned (article 40(15)(e)). `role`: suspect, victim, witness; `status`: what the screens look at, as
    journalist, human_rights_defender, lawyer, opposition, refugee, asylum_seeker, researcher."""

    name: str = ""
    role: str = ""
    nationality: str = ""
    location: str = ""
    country_of_origin: str = ""
    status: tuple[str, ...] = ()


class Confidentiality(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whether the request is to be kept secret, from the user too; until when; why (articles 40(20), 42(3)(g))."""

    wanted: bool
    until: date | None = None
    reasons: str = ""


class Screens(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The drafter's own answers to the questions of the screens; None: not answered.

    expression: does the matter turn on what somebody said, published or believes? protected_ground: may it bear on a
    person's sex, race, language, religion, nationality, ethnic origin or political opinions (article 40(22))?
    research: may the conduct be security research, testing or reporting (articles 11(2), 53(3)(e))?
    """

    expression: bool | None = None
    protected_ground: bool | None = None
    research: bool | None = None


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One request of one State to another, for one or more measures on one matter."""

    requesting: Code
    requested: Code
    authority: str = ""
    conducting_authority: str = ""
    subject: str = ""
    stage: Stage | None = None
    facts: str = ""
    purpose: str = ""
    necessity: str = ""
    language: str = ""
    made_on: date | None = None
    urgent: bool = False
    emergency: str = ""
    deadline: date | None = None
    deadline_reasons: str = ""
    offence: Offence = Offence()
    measures: tuple[Sought, ...] = ()
    persons: tuple[Person, ...] = ()
    assistance_will_follow: bool = False
    confidentiality: Confidentiality | None = None
    dual_criminality: str = ""
    proportionality: str = ""
    follows: str = ""
    prior_authorisation: str = ""
    screens: Screens = Screens()
    source: str = ""
    note: str = ""


def read_request(data: bytes, what: str) -> Request:
    """A request from TOML bytes. Raises TooLarge, or Malformed with every mistake and its line; `what`: the file."""
    return read_toml(data, Request, limit=REQUEST_LIMIT, what=what)
