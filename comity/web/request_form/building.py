"""A `Request` from the fields of its form: new, or an older one with what the form now says."""

from collections.abc import Callable
from datetime import date
from typing import Final, TypeVar

import msgspec

from comity.base.errors import Mistake
from comity.base.ids import NodeId, StateCode, state_of
from comity.cases.secrecy import CODES
from comity.treaty.elements import Element
from comity.treaty.offences import all_offences
from comity.treaty.request import Confidentiality, Offence, Person, Request, Screens, Sought
from comity.treaty.state_names import find
from comity.treaty.terms import DataCategory, Risk, Stage
from comity.web.request_form.persons import STATUSES
from comity.web.request_form.reading import Reader, Values
from comity.web.words import N_, STAGES

Read = Callable[[Values, StateCode, date], tuple[Request | None, str, list[Mistake]]]


def read_urgent(values: Values, state: StateCode, on: date) -> tuple[Request | None, str, list[Mistake]]:
    """A request for preservation, the node it goes to, and the mistakes; no request where there is one."""
    read = Reader(values)
    sought = msgspec.structs.replace(
        _sought(read),
        measure="expedited_preservation",
        data=read.text("data", N_("Say which data are to be kept")),
        categories=tuple(DataCategory(one) for one in read.some("categories")),
        period_days=read.number("period_days", 1, 36500),
    )
    request, peer = _request(read, state, on, (sought,))
    urgent = msgspec.structs.replace(request, urgent=True, assistance_will_follow=bool(read.some("will_follow")))
    return (None if read.mistakes else urgent), peer, read.mistakes


def read_production(values: Values, state: StateCode, on: date) -> tuple[Request | None, str, list[Mistake]]:
    """A request for subscriber information, for stored data or for both, and as above."""
    read = Reader(values)
    chosen = read.some("measures")
    if not chosen:
        read.mistakes.append(Mistake("measures", N_("Choose what is asked for")))
    common = _sought(read)
    exactly = {"subscriber_information": "subscriber_data", "production_of_stored_data": "stored_data"}
    stored = tuple(DataCategory(one) for one in read.some("stored_categories"))
    sought = tuple(
        msgspec.structs.replace(
            common,
            measure=name,
            data=read.text(exactly[name], N_("Say exactly which data")),
            categories=(DataCategory.SUBSCRIBER,) if name == "subscriber_information" else stored,
        )
        for name in chosen
    )
    request, peer = _request(read, state, on, sought)
    request = msgspec.structs.replace(request, urgent=bool(read.some("urgent")))
    return (None if read.mistakes else request), peer, read.mistakes


_SHOWN: Final = (
    *("data", "relation", "categories", "identifiers", "custodian", "location", "held_in", "privileged"),
    *("period_from", "period_to", "period_days", "procedure"),
)
"""What a measure's fields show; the rest of an older measure stays as it is."""
_Facts = TypeVar("_Facts", Request, Sought, Offence, Screens)


def read_mended(values: Values, old: Request, procedure: str) -> tuple[Request | None, list[Mistake]]:
    """The request as it was, with what its form now says: what no field shows stays as it is."""
    read: Read = read_urgent if procedure == "preservation" else read_production
    new, _, mistakes = read(values, old.requesting, old.made_on or date.min)
    if new is None:
        return None, mistakes
    before = {one.measure: one for one in old.measures}
    measures = tuple(_with(before.get(one.measure, one), one, *_SHOWN) for one in new.measures)
    people = tuple(_with_unlisted(one, old.persons) for one in new.persons)
    mended = msgspec.structs.replace(new, measures=measures, persons=people)
    kept = ("made_on", "follows") if procedure != "preservation" else ("made_on", "follows", "urgent")
    return _with(mended, old, *kept), []


def _with_unlisted(person: Person, before: tuple[Person, ...]) -> Person:
    """The person with those statuses of the same one before for which the form has no box."""
    listed = {choice.value for choice in STATUSES}
    same = next((one for one in before if one.name == person.name), person)
    return msgspec.structs.replace(person, status=(*person.status, *(one for one in same.status if one not in listed)))


def _with(one: _Facts, other: _Facts, *names: str) -> _Facts:
    """`one` with these fields of `other`."""
    return msgspec.structs.replace(one, **{name: getattr(other, name) for name in names})


def _sought(read: Reader) -> Sought:
    """What every measure of the form has in common."""
    since, until = read.period()
    said = read.text("held_in")
    named = find(said) if len(said) > 2 else ()
    held_in = named[0] if len(named) == 1 else said.upper()
    if held_in and not (len(held_in) == 2 and held_in.isascii() and held_in.isalpha()):
        read.mistakes.append(Mistake("held_in", N_("Write the State as two letters, as in XB")))
        held_in = ""
    return Sought(
        measure="",
        relation=read.text("relation"),
        identifiers=read.lines("identifiers"),
        custodian=read.text("custodian"),
        location=read.text("location"),
        held_in=held_in,
        privileged=read.some("privileged"),
        period_from=since,
        period_to=until,
        procedure=read.text("procedure"),
    )


def _request(read: Reader, state: StateCode, on: date, sought: tuple[Sought, ...]) -> tuple[Request, str]:
    peer = read.text("to", N_("Choose the authority that is asked"))
    stage = read.text("stage")
    request = Request(
        requesting=state,
        requested=state_of(NodeId(peer)) if peer else state,
        authority=read.text("authority"),
        conducting_authority=read.text("conducting_authority"),
        subject=read.text("subject", N_("Name the investigation")),
        stage=Stage(stage) if stage in STAGES else None,
        facts=read.text("facts", N_("Sum up the facts")),
        purpose=read.text("purpose"),
        necessity=read.text("necessity"),
        proportionality=read.text("proportionality"),
        dual_criminality=read.text("dual_criminality"),
        prior_authorisation=read.text("prior_authorisation"),
        language=read.one("language") or "en",
        made_on=on,
        deadline=read.day("deadline"),
        deadline_reasons=read.text("deadline_reasons"),
        emergency=read.text("emergency"),
        emergency_risks=tuple(Risk(one) for one in read.some("emergency_risks")),
        emergency_person=read.text("emergency_person"),
        emergency_imminence=read.text("emergency_imminence"),
        emergency_averts=read.text("emergency_averts"),
        emergency_minimum=read.text("emergency_minimum"),
        offence=_offence(read),
        measures=sought,
        persons=read.persons(),
        confidentiality=_secrecy(read),
        screens=_screens(read),
        instrument=read.one("instrument"),
        other_treaty=read.text("other_treaty"),
        source=read.text("source"),
        note=read.text("note"),
    )
    return request, peer


def _offence(read: Reader) -> Offence:
    chosen = read.text("offence", N_("Choose the offence"))
    is_route = chosen.startswith("route:")
    article = "" if is_route or chosen == "serious" else chosen
    listed = {one.article: one.title for one in all_offences()}
    if article and article not in listed:
        read.mistakes.append(Mistake("offence", N_("Choose an offence of the list")))
    return Offence(
        article=article,
        principal=read.one("principal"),
        route=chosen.removeprefix("route:") if is_route else "",
        name=read.text("offence_name") or listed.get(article, ""),
        law=read.text("law"),
        max_penalty_years=read.number("max_penalty_years", 0, 1000),
        penalty_in_force_since=read.day("penalty_in_force_since"),
        act_committed_on=read.day("act_committed_on"),
    )


def _secrecy(read: Reader) -> Confidentiality | None:
    wanted = read.yes_no("secret")
    if wanted is None:
        return None
    until = read.day("secret_until")
    reasons = read.text("secret_reasons")
    if not wanted:
        return Confidentiality(wanted=False, reasons=reasons)
    code = read.text("secret_code", N_("Choose the kind of reason"))
    return Confidentiality(wanted=True, until=until, reasons=reasons, code=code if code in CODES else "")


def _screens(read: Reader) -> Screens:
    return Screens(
        expression=read.yes_no("expression"),
        protected_ground=read.yes_no("protected_ground"),
        research=read.yes_no("research"),
        political=read.yes_no("political"),
        repression=read.yes_no("repression"),
        access_authorised=read.yes_no("access_authorised"),
        reported=read.yes_no("reported"),
        public_interest=read.yes_no("public_interest"),
        elements_shown=tuple(Element(one) for one in read.some("elements_shown")),
        elements_absent=tuple(Element(one) for one in read.some("elements_absent")),
    )
