"""The facts of a request, in the treaty's terms: as a TOML file, and as the body of a signed document.

Reading refuses what is unknown, mistyped or no date. What is merely missing is not refused here: the rules find it
and say what to do.

Fields at their default are not written, so that a field added later never changes the bytes of an older request, nor
the digest that an approval was given to.
"""

from datetime import date
from typing import Annotated

import msgspec

from comity.base.ids import StateCode
from comity.base.parsing import read_toml
from comity.treaty.elements import Element
from comity.treaty.terms import DataCategory, Risk, Seeking, Stage

REQUEST_LIMIT = 131_072
"""Bytes; checked before anything is read."""

Code = Annotated[StateCode, msgspec.Meta(pattern="^[A-Z]{2}$")]
Years = Annotated[int, msgspec.Meta(ge=0, le=1000)]
Days = Annotated[int, msgspec.Meta(ge=1, le=36500)]
Age = Annotated[int, msgspec.Meta(ge=0, le=150)]
CodeOrNone = Annotated[str, msgspec.Meta(pattern="^([A-Z]{2})?$")]


class Offence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The offence under investigation.

    article: of the Convention, 7 to 17 or 19, if it is one of its offences; principal: with 19, that taken part in.
    route: a name from offences.toml where it is none. law: the provision of domestic law.
    max_penalty_years: highest deprivation of liberty that law provides, full years (life: the highest term in years,
    and say so in `law`).
    penalty_in_force_since: the day from which the law provides that maximum; act_committed_on: the day of the act, the
    first one if there are several.
    """

    article: str = ""
    principal: str = ""
    route: str = ""
    name: str = ""
    law: str = ""
    max_penalty_years: Years | None = None
    penalty_in_force_since: date | None = None
    act_committed_on: date | None = None


class Sought(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One measure asked for. `measure`: a name from measures.toml.

    data: what exactly; relation: how it bears on the offence; identifiers: accounts, addresses, numbers.
    period_from, period_to: the time the data are about, or during which they are to be collected.
    period_days: how long to preserve or to collect; duration_justification: why so long (article 45(3)(f)).
    compelled_help: what a person who knows the system is to be made to tell (article 28(4)).
    seeking: for freezing and confiscation, which of article 50's three ways; order: the order relied on, its court and
    date, if there is one; extent: how far it is to be executed.
    held_in: the State where the data or the one who holds them are, if known; privileged: kinds of confidential
    material that the data may hold, by the names of screens.toml, as lawyer_client.
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
    compelled_help: str = ""
    seeking: Seeking | None = None
    order: str = ""
    extent: str = ""
    held_in: CodeOrNone = ""
    privileged: tuple[str, ...] = ()


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A person concerned (article 40(15)(e)). `role`: suspect, victim, witness; `status`: what the screens look at, as
    journalist, human_rights_defender, lawyer, opposition, refugee, asylum_seeker, researcher."""

    name: str = ""
    role: str = ""
    nationality: str = ""
    location: str = ""
    country_of_origin: str = ""
    status: tuple[str, ...] = ()
    age: Age | None = None


class Confidentiality(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Whether the request is to be kept secret, from the user too; until when; why (articles 40(20), 42(3)(g)).

    code: the kind of reason, so that secrecy can be counted and reviewed: policy of this program.
    """

    wanted: bool
    until: date | None = None
    reasons: str = ""
    code: Annotated[str, msgspec.Meta(pattern="^(investigation|destruction|flight|safety|witnesses)?$")] = ""


class Screens(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The drafter's own answers to the questions of the screens; None: not answered.

    expression: does the matter turn on what somebody said, published or believes? protected_ground: may it bear on a
    person's sex, race, language, religion, nationality, ethnic origin or political opinions (article 40(22))?
    research: may the conduct be security research, testing or reporting (articles 11(2), 53(3)(e))?
    political: may the offence be political in character? repression: may a person be sought for having fled, reported
    on or opposed the requesting State? access_authorised, reported (to the owner, a CERT, a bug bounty),
    public_interest: what is known of the conduct under articles 7 to 12. elements_shown, elements_absent: of the
    elements a State may require (elements.toml), those that the facts show, and those that they exclude.
    """

    expression: bool | None = None
    protected_ground: bool | None = None
    research: bool | None = None
    political: bool | None = None
    repression: bool | None = None
    access_authorised: bool | None = None
    reported: bool | None = None
    public_interest: bool | None = None
    elements_shown: tuple[Element, ...] = ()
    elements_absent: tuple[Element, ...] = ()


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """One request of one State to another, for one or more measures on one matter.

    instrument: the rule book it is made under, as 'budapest'; '' is the Convention. other_treaty: what else stands
    between the two States on mutual assistance, or 'none'; some instruments give way to it (Budapest 25(4), 27(1)).
    emergency: why it is claimed to be one; emergency_risks: what is at risk; emergency_person: who is; how soon and
    how it is known: emergency_imminence; emergency_averts: how the data avert it; emergency_minimum: why no less would.
    """

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
    instrument: str = ""
    other_treaty: str = ""
    emergency_risks: tuple[Risk, ...] = ()
    emergency_person: str = ""
    emergency_imminence: str = ""
    emergency_averts: str = ""
    emergency_minimum: str = ""


class _Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    measures: tuple[Sought, ...]


def read_scope(data: bytes, what: str) -> tuple[Sought, ...]:
    """The measures of a grant in part, from TOML bytes as those of a request. Raises TooLarge or Malformed."""
    return read_toml(data, _Scope, limit=REQUEST_LIMIT, what=what).measures


def read_request(data: bytes, what: str) -> Request:
    """A request from TOML bytes. Raises TooLarge, or Malformed with every mistake and its line; `what`: the file."""
    return read_toml(data, Request, limit=REQUEST_LIMIT, what=what)
