"""The facts of a request as fields of a form: what is asked for, in which order, and how it becomes a `Request`.

Only what cannot be read is a mistake here (no day, no number, no such choice, nothing where nothing can be made of it).
What the treaty asks for and is lacking is found by the rules, which say why; `FIELD_OF` says where to mend it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeVar

import msgspec

from comity.base.errors import Mistake
from comity.base.ids import NodeId, StateCode, state_of
from comity.treaty.declarations import declarations_of
from comity.treaty.offences import all_offences, all_routes
from comity.treaty.request import Confidentiality, Offence, Request, Screens, Sought
from comity.treaty.terms import DataCategory, Stage
from comity.web.words import CATEGORIES, CATEGORY_HINTS, MEASURES, N_, STAGES, offence_word

PRESERVE_DAYS: Final = 90
TEXT_MOST: Final = 20_000
LINE_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    word: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `kind`: line, area, day, number, one or some of a list, yes_no. `article`: why it is asked."""

    name: str
    kind: str
    label: str
    hint: str = ""
    article: str = ""
    choices: tuple[Choice, ...] = ()
    rows: int = 3


def _offences() -> tuple[Choice, ...]:
    listed = [Choice(one.article, f"{offence_word(one.name)} (art. {one.article})") for one in all_offences()]
    routes = [Choice(f"route:{one.name}", offence_word(one.name)) for one in all_routes()]
    return (Choice("", N_("Choose")), *listed, Choice("serious", N_("Another serious crime (art. 2(h))")), *routes)


_F: Final[Mapping[str, Field]] = {
    one.name: one
    for one in (
        Field("to", "one", N_("To"), N_("The authority of the State that is asked."), "40(12)"),
        Field("subject", "line", N_("Subject"), N_("The investigation, with its number."), "40(15)(b)"),
        Field(
            "stage",
            "one",
            N_("Stage of the matter"),
            article="40(15)(b)",
            choices=tuple(Choice(value, word) for value, word in STAGES.items()),
        ),
        Field("authority", "line", N_("Authority that asks"), article="40(15)(a)"),
        Field("conducting_authority", "line", N_("Authority that conducts the investigation"), article="40(15)(b)"),
        Field("offence", "one", N_("Offence"), article="35(1)", choices=_offences()),
        Field("offence_name", "line", N_("Its name in your law")),
        Field("law", "line", N_("Provision of your law"), N_("With the highest penalty, as it is in force."), "2(h)"),
        Field("max_penalty_years", "number", N_("Highest penalty, in years")),
        Field(
            "facts",
            "area",
            N_("Facts"),
            N_("What happened, when, to whom, and how it leads here."),
            "40(15)(c), 42(3)(b)",
            rows=5,
        ),
        Field(
            "data",
            "area",
            N_("Data to be kept"),
            N_("As narrowly as the matter allows."),
            "42(3)(c)",
        ),
        Field(
            "measures",
            "some",
            N_("What is asked for"),
            article="44, 40(3)(d)",
            choices=tuple(
                Choice(name, MEASURES[name], hint)
                for name, hint in (
                    ("subscriber_information", N_("Who holds an account. Weighs least: ask for this first.")),
                    ("production_of_stored_data", N_("Specified stored data, as logs.")),
                )
            ),
        ),
        Field("subscriber_data", "area", N_("Subscriber information, exactly"), article="40(15)(d)"),
        Field("stored_data", "area", N_("Stored data, exactly"), article="40(15)(d)"),
        Field(
            "stored_categories",
            "some",
            N_("Categories of the stored data"),
            N_("Content weighs more than traffic data."),
            "2(c), 2(d)",
            tuple(Choice(one, CATEGORIES[one], CATEGORY_HINTS[one]) for one in ("traffic", "content")),
        ),
        Field(
            "categories",
            "some",
            N_("Categories of data"),
            article="2(c), 2(d), 2(f)",
            choices=tuple(Choice(one, word, CATEGORY_HINTS[one]) for one, word in CATEGORIES.items()),
        ),
        Field(
            "relation",
            "area",
            N_("How the data bear on the offence"),
            article="42(3)(c)",
            rows=2,
        ),
        Field(
            "identifiers",
            "area",
            N_("Accounts, addresses, numbers"),
            N_("One a line. No wildcards: each is named."),
            "23(1), 40(15)(e)",
            rows=4,
        ),
        Field("custodian", "line", N_("Who holds the data"), N_("If known."), "42(3)(d)"),
        Field("location", "line", N_("Where the data are"), N_("If known."), "42(3)(d)"),
        Field("period_from", "day", N_("First day the data are about"), article="40(15)(f)"),
        Field("period_to", "day", N_("Last day the data are about"), article="40(15)(f)"),
        Field("period_days", "number", N_("Days to preserve"), N_("At least 60 (art. 42(8))."), "25(2), 42(8)"),
        Field("purpose", "area", N_("What the data are to prove"), article="40(15)(g)", rows=2),
        Field("necessity", "area", N_("Why it is necessary, and cannot wait"), article="42(3)(e)", rows=2),
        Field(
            "proportionality",
            "area",
            N_("Why it is proportionate"),
            N_("What was tried first, why no less would do, who else it may touch."),
            "24(1)",
        ),
        Field(
            "dual_criminality",
            "area",
            N_("Why the conduct is an offence in both States"),
            N_("The same conduct; the names may differ."),
            "35(3), 40(8)",
            rows=2,
        ),
        Field("procedure", "area", N_("Procedure wished for"), N_("If any."), "40(15)(d), 40(17)", rows=2),
        Field("deadline", "day", N_("Wished for by"), N_("If there is a reason."), "40(26)"),
        Field("deadline_reasons", "line", N_("Reason for that day"), article="40(26)"),
        Field("secret", "yes_no", N_("Must it be kept secret, from the user too?"), article="40(20), 42(3)(g)"),
        Field("secret_until", "day", N_("Secret until"), N_("Secrecy has an end; then a notice falls due."), "40(20)"),
        Field("secret_reasons", "line", N_("Why it must be secret"), article="42(3)(g)"),
        Field(
            "expression",
            "yes_no",
            N_("Does the matter turn on what somebody said, published or believes?"),
            article="6(2)",
        ),
        Field(
            "protected_ground",
            "yes_no",
            N_("May it bear on a person's sex, race, language, religion, nationality, ethnic origin or opinions?"),
            article="40(22)",
        ),
        Field(
            "research",
            "yes_no",
            N_("May the conduct be security research, testing or reporting?"),
            article="11(2), 53(3)(e)",
        ),
        Field(
            "will_follow",
            "some",
            N_("What will follow"),
            article="42(3)(f)",
            choices=(Choice("yes", N_("We will send a request for mutual legal assistance")),),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: a section of one screen, or a page of a guided request."""

    name: str
    title: str
    fields: tuple[Field, ...]
    lead: str = ""


def _group(name: str, title: str, fields: str, lead: str = "") -> Group:
    return Group(name, title, tuple(_F[one] for one in fields.split()), lead)


URGENT: Final = (
    _group("what", N_("What is to be kept"), "to identifiers data categories custodian location period_from period_to"),
    _group(
        "why",
        N_("Why"),
        "subject offence law max_penalty_years facts relation necessity period_days will_follow",
    ),
    _group("secrecy", N_("Secrecy"), "secret secret_until secret_reasons"),
    _group("screens", N_("Three questions"), "expression protected_ground research"),
    _group("who", N_("Who asks"), "stage authority conducting_authority"),
)
GUIDED: Final = (
    _group("matter", N_("The matter"), "to subject stage authority conducting_authority"),
    _group("offence", N_("The offence and the facts"), "offence offence_name law max_penalty_years facts"),
    _group(
        "data",
        N_("The data"),
        "measures subscriber_data stored_data stored_categories identifiers custodian location period_from period_to "
        "relation",
    ),
    _group(
        "reasons",
        N_("The reasons"),
        "purpose necessity proportionality dual_criminality procedure deadline deadline_reasons",
    ),
    _group(
        "safeguards",
        N_("Secrecy and safeguards"),
        "secret secret_until secret_reasons expression protected_ground research",
    ),
)
FIELD_OF: Final[Mapping[str, str]] = {
    "preservation.authority": "authority",
    "preservation.offence_and_facts": "facts",
    "preservation.data_and_relation": "relation",
    "preservation.custodian_or_location": "custodian",
    "preservation.necessity": "necessity",
    "preservation.assistance_follows": "will_follow",
    "preservation.confidentiality": "secret",
    "preservation.least": "period_days",
    "preservation.most": "period_days",
    "preservation.period": "period_days",
    "assistance.authority": "authority",
    "assistance.subject": "conducting_authority",
    "assistance.facts": "facts",
    "assistance.description": "stored_data",
    "assistance.persons": "identifiers",
    "assistance.time_period": "period_from",
    "assistance.purpose": "purpose",
    "assistance.deadline": "deadline_reasons",
    "scope.offence": "offence",
    "scope.reserved": "offence",
    "scope.specific": "identifiers",
    "scope.measures": "measures",
    "scope.reach": "categories",
    "safeguards.proportionality": "proportionality",
    "dual_criminality": "dual_criminality",
    "screens.expression": "expression",
    "screens.discrimination": "protected_ground",
    "screens.research": "research",
    "use_limits.secrecy": "secret_until",
}
"""The field where a finding is mended, by its rule."""

Values = Mapping[str, Sequence[str]]


def defaults(state: StateCode, peers: Sequence[str]) -> dict[str, list[str]]:
    """What a new form begins with."""
    own = declarations_of(state)
    return {
        "to": [peers[0]] if len(peers) == 1 else [""],
        "stage": [Stage.INVESTIGATION],
        "authority": [own.point_of_contact or own.central_authority],
        "period_days": [str(PRESERVE_DAYS)],
        "will_follow": ["yes"],
        "categories": [DataCategory.SUBSCRIBER, DataCategory.TRAFFIC],
    }


@dataclass(slots=True)
class _Reader:
    """The fields of a form as values; what cannot be read is kept as a mistake, and the rest is read on."""

    values: Values
    mistakes: list[Mistake] = field(default_factory=list)

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(text for one in self.values.get(name, ()) if (text := one.strip()))

    def text(self, name: str, needed: str = "") -> str:
        found = next(iter(reversed(self.all(name))), "").replace("\r\n", "\n")
        most = TEXT_MOST if _F[name].kind == "area" else LINE_MOST
        if len(found) > most:
            self.mistakes.append(Mistake(name, N_("This is too long: shorten it")))
        if needed and not found:
            self.mistakes.append(Mistake(name, needed))
        return found

    def day(self, name: str) -> date | None:
        found = self.text(name)
        try:
            return date.fromisoformat(found) if found else None
        except ValueError:
            self.mistakes.append(Mistake(name, N_("Write the day as year, month and day: 2026-11-22")))
            return None

    def number(self, name: str, least: int, most: int) -> int | None:
        found = self.text(name)
        if not found:
            return None
        if not (found.isascii() and found.isdigit() and len(found) < 9 and least <= int(found) <= most):
            self.mistakes.append(Mistake(name, N_("Write a whole number that can be right")))
            return None
        return int(found)

    def yes_no(self, name: str) -> bool | None:
        return {"yes": True, "no": False}.get(self.text(name))

    def some(self, name: str) -> tuple[str, ...]:
        known = {choice.value for choice in _F[name].choices}
        return tuple(one for one in self.all(name) if one in known)

    def lines(self, name: str) -> tuple[str, ...]:
        rows = (row.strip() for row in self.text(name).splitlines())
        return tuple(dict.fromkeys(row for row in rows if row))


def read_urgent(values: Values, state: StateCode, on: date) -> tuple[Request | None, str, list[Mistake]]:
    """A request for preservation, the node it goes to, and the mistakes; no request where there is one."""
    read = _Reader(values)
    since, until = _period(read)
    sought = Sought(
        measure="expedited_preservation",
        data=read.text("data", N_("Say which data are to be kept")),
        relation=read.text("relation"),
        categories=tuple(DataCategory(one) for one in read.some("categories")),
        identifiers=read.lines("identifiers"),
        custodian=read.text("custodian"),
        location=read.text("location"),
        period_from=since,
        period_to=until,
        period_days=read.number("period_days", 1, 36500),
    )
    request, peer = _request(read, state, on, (sought,))
    urgent = msgspec.structs.replace(request, urgent=True, assistance_will_follow=bool(read.some("will_follow")))
    return (None if read.mistakes else urgent), peer, read.mistakes


def read_production(values: Values, state: StateCode, on: date) -> tuple[Request | None, str, list[Mistake]]:
    """A request for production of stored data, and as above."""
    read = _Reader(values)
    chosen = read.some("measures")
    if not chosen:
        read.mistakes.append(Mistake("measures", N_("Choose what is asked for")))
    since, until = _period(read)
    common = Sought(
        measure="",
        relation=read.text("relation"),
        identifiers=read.lines("identifiers"),
        custodian=read.text("custodian"),
        location=read.text("location"),
        period_from=since,
        period_to=until,
        procedure=read.text("procedure"),
    )
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
    return (None if read.mistakes else request), peer, read.mistakes


def read_mended(values: Values, old: Request, procedure: str) -> tuple[Request | None, list[Mistake]]:
    """The request as it was, with what its form now says: what no field shows stays as it is."""
    read = read_urgent if procedure == "preservation" else read_production
    new, _, mistakes = read(values, old.requesting, old.made_on or date.min)
    if new is None:
        return None, mistakes
    shown = ("data", "relation", "categories", "identifiers", "custodian", "location", "period_from", "period_to")
    before = {one.measure: one for one in old.measures}
    measures = tuple(
        _with(before.get(one.measure, one), one, *shown, "period_days", "procedure") for one in new.measures
    )
    mended = msgspec.structs.replace(
        new,
        measures=measures,
        offence=_with(old.offence, new.offence, "article", "route", "name", "law", "max_penalty_years"),
        screens=_with(old.screens, new.screens, "expression", "protected_ground", "research"),
    )
    return _with(mended, old, *_KEPT), []


_SOUGHT: Final = (
    *("data", "relation", "categories", "identifiers", "custodian", "location"),
    *("period_from", "period_to", "period_days", "procedure"),
)
_KEPT: Final = (
    *("persons", "language", "made_on", "urgent", "follows", "prior_authorisation", "emergency"),
    *("emergency_risks", "source", "note", "instrument", "other_treaty"),
)
_Facts = TypeVar("_Facts", Request, Sought, Offence, Screens)


def _with(one: _Facts, other: _Facts, *names: str) -> _Facts:
    """`one` with these fields of `other`."""
    return msgspec.structs.replace(one, **{name: getattr(other, name) for name in names})


def _period(read: _Reader) -> tuple[date | None, date | None]:
    since, until = read.day("period_from"), read.day("period_to")
    if since is not None and until is not None and until < since:
        read.mistakes.append(Mistake("period_to", N_("The last day is before the first")))
    return since, until


def _request(read: _Reader, state: StateCode, on: date, sought: tuple[Sought, ...]) -> tuple[Request, str]:
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
        language="en",
        made_on=on,
        deadline=read.day("deadline"),
        deadline_reasons=read.text("deadline_reasons"),
        offence=_offence(read),
        measures=sought,
        confidentiality=_secrecy(read),
        screens=Screens(
            expression=read.yes_no("expression"),
            protected_ground=read.yes_no("protected_ground"),
            research=read.yes_no("research"),
        ),
    )
    return request, peer


def _offence(read: _Reader) -> Offence:
    chosen = read.text("offence", N_("Choose the offence"))
    is_route = chosen.startswith("route:")
    article = "" if is_route or chosen == "serious" else chosen
    listed = {one.article: offence_word(one.name) for one in all_offences()}
    if article and article not in listed:
        read.mistakes.append(Mistake("offence", N_("Choose an offence of the list")))
    return Offence(
        article=article,
        route=chosen.removeprefix("route:") if is_route else "",
        name=read.text("offence_name") or listed.get(article, ""),
        law=read.text("law"),
        max_penalty_years=read.number("max_penalty_years", 0, 1000),
    )


def _secrecy(read: _Reader) -> Confidentiality | None:
    wanted = read.yes_no("secret")
    if wanted is None:
        return None
    until = read.day("secret_until")
    return Confidentiality(wanted=wanted, until=until if wanted else None, reasons=read.text("secret_reasons"))


def fields_of(request: Request, peer: str) -> dict[str, list[str]]:
    """A request back in the fields of its form, to be mended."""
    first = request.measures[0] if request.measures else Sought(measure="")
    by_measure = {one.measure: one for one in request.measures}
    stored = by_measure.get("production_of_stored_data")
    subscriber = by_measure.get("subscriber_information")
    offence, secrecy = request.offence, request.confidentiality
    chosen = offence.article or (f"route:{offence.route}" if offence.route else "serious")
    found: dict[str, object] = {
        "to": peer,
        "subject": request.subject,
        "stage": request.stage or "",
        "authority": request.authority,
        "conducting_authority": request.conducting_authority,
        "offence": chosen,
        "offence_name": offence.name,
        "law": offence.law,
        "max_penalty_years": offence.max_penalty_years,
        "facts": request.facts.strip(),
        "data": first.data,
        "subscriber_data": subscriber.data if subscriber else "",
        "stored_data": stored.data if stored else "",
        "relation": first.relation,
        "identifiers": "\n".join(dict.fromkeys(name for one in request.measures for name in one.identifiers)),
        "custodian": first.custodian,
        "location": first.location,
        "period_from": first.period_from,
        "period_to": first.period_to,
        "period_days": first.period_days,
        "purpose": request.purpose,
        "necessity": request.necessity,
        "proportionality": request.proportionality,
        "dual_criminality": request.dual_criminality,
        "procedure": next((one.procedure for one in request.measures if one.procedure), ""),
        "deadline": request.deadline,
        "deadline_reasons": request.deadline_reasons,
        "secret": {True: "yes", False: "no"}[secrecy.wanted] if secrecy else "",
        "secret_until": secrecy.until if secrecy else "",
        "secret_reasons": secrecy.reasons if secrecy else "",
        **{
            name: {True: "yes", False: "no", None: ""}[getattr(request.screens, name)]
            for name in ("expression", "protected_ground", "research")
        },
    }
    texts = {name: ["" if value is None else str(value)] for name, value in found.items()}
    return {
        **texts,
        "measures": [one.measure for one in request.measures],
        "stored_categories": list(stored.categories) if stored else [],
        "categories": list(first.categories),
        "will_follow": ["yes"] if request.assistance_will_follow else [],
    }


def read_day(text: str) -> date | None:
    """A day as a form sends it, or None for anything else."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
