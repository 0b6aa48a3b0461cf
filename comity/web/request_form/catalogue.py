"""Every field that a request's form has, by its name."""

from collections.abc import Iterator, Mapping
from typing import Final

from comity.cases.secrecy import CODES
from comity.treaty.elements import all_elements
from comity.treaty.offences import all_offences, all_routes
from comity.treaty.screens import all_screens
from comity.web.request_form.field import Choice, Field
from comity.web.right_words import SECRECY_CODES as CODE_WORDS
from comity.web.words import (
    ARTICLE_LISTED,
    CATEGORIES,
    CATEGORY_HINTS,
    MEASURES,
    N_,
    OFFENCE_LISTED,
    STAGES,
)

LANGUAGES: Final = (
    Choice("ar", N_("Arabic")),
    Choice("zh", N_("Chinese")),
    Choice("en", N_("English")),
    Choice("fr", N_("French")),
    Choice("ru", N_("Russian")),
    Choice("es", N_("Spanish")),
    Choice("de", N_("German")),
    Choice("it", N_("Italian")),
    Choice("ja", N_("Japanese")),
    Choice("pt", N_("Portuguese")),
    Choice("sw", N_("Swahili")),
    Choice("vi", N_("Vietnamese")),
)
INSTRUMENTS: Final = (
    Choice("", N_("UN Convention against Cybercrime")),
    Choice("budapest", N_("Budapest Convention on Cybercrime")),
    Choice("budapest/protocol", N_("Second Additional Protocol to the Budapest Convention")),
)
SECRET_CODES: Final = tuple(Choice(code, CODE_WORDS[code]) for code in CODES)
RISKS: Final = (
    Choice("life", N_("Life")),
    Choice("safety", N_("Safety of a person")),
    Choice("property", N_("Property")),
    Choice("data", N_("Data")),
)


def _offences() -> tuple[Choice, ...]:
    listed = [
        Choice(one.article, OFFENCE_LISTED.format(offence=one.title, article=one.article)) for one in all_offences()
    ]
    routes = [Choice(f"route:{one.name}", one.title) for one in all_routes()]
    return (Choice("", N_("Choose")), *listed, Choice("serious", N_("Another serious crime (art. 2(h))")), *routes)


def _principals() -> tuple[Choice, ...]:
    listed = (Choice(one.article, one.title) for one in all_offences() if one.article != "19")
    return (Choice("", N_("Does not apply")), *listed)


def _elements() -> tuple[Choice, ...]:
    """Each once: two articles may let a State require the same."""
    found = {one.name: one for one in all_elements()}
    return tuple(Choice(one.name, one.about, ARTICLE_LISTED.format(article=one.article)) for one in found.values())


def _of(words: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, word) for value, word in words.items())


def _matter() -> Iterator[Field]:
    yield Field("to", "one", N_("State that is asked"), article="40(12)")
    yield Field("subject", "line", N_("Subject"), N_("The investigation, with its number."), "40(15)(b)")
    yield Field("stage", "one", N_("Stage of the matter"), article="40(15)(b)", choices=_of(STAGES))
    yield Field("authority", "line", N_("Authority that asks"), article="40(15)(a)")
    conducting = N_("Authority that conducts the investigation")
    yield Field("conducting_authority", "line", conducting, article="40(15)(b)")
    yield Field(
        "language", "one", N_("Language of the request"), N_("One that the other State accepts."), "40(14)", LANGUAGES
    )
    yield Field("instrument", "one", N_("Made under"), choices=INSTRUMENTS)
    other = N_("Only under Budapest: its name, or 'none'. Its conditions and grounds come first.")
    yield Field("other_treaty", "line", N_("Another treaty on assistance between the two States"), other)
    yield Field("source", "line", N_("Where this request comes from"), N_("A file number, an order, a report."))
    yield Field("note", "area", N_("Note for the other side"), rows=2)


def _offence() -> Iterator[Field]:
    yield Field("offence", "one", N_("Offence"), article="35(1)", choices=_offences())
    yield Field(
        "principal", "one", N_("Offence taken part in"), N_("For participation or attempt."), "19", _principals()
    )
    yield Field("offence_name", "line", N_("Its name in your law"))
    yield Field("law", "line", N_("Provision of your law"), N_("With the highest penalty, as it is in force."), "2(h)")
    yield Field("max_penalty_years", "number", N_("Highest penalty, in years"))
    since = N_("If it was raised lately: it counts as it stood at the act.")
    yield Field("penalty_in_force_since", "day", N_("That penalty in force since"), since)
    yield Field("act_committed_on", "day", N_("Day of the act"), N_("The first, if there are several."))
    facts = N_("What happened, when, to whom, and how it leads here.")
    yield Field("facts", "area", N_("Facts"), facts, "40(15)(c), 42(3)(b)", rows=5)


def _data() -> Iterator[Field]:
    yield Field("data", "area", N_("Data to be kept"), N_("As narrowly as the matter allows."), "42(3)(c)")
    hints = {
        "subscriber_information": N_("Who holds an account. Weighs least: ask for this first."),
        "production_of_stored_data": N_("Specified stored data, as logs."),
    }
    measures = tuple(Choice(name, MEASURES[name], hint) for name, hint in hints.items())
    yield Field("measures", "some", N_("What is asked for"), article="44, 40(3)(d)", choices=measures)
    yield Field("subscriber_data", "area", N_("Subscriber information, exactly"), article="40(15)(d)")
    yield Field("stored_data", "area", N_("Stored data, exactly"), article="40(15)(d)")
    stored = tuple(Choice(one, CATEGORIES[one], CATEGORY_HINTS[one]) for one in ("traffic", "content"))
    weighs = N_("Content weighs more than traffic data.")
    yield Field("stored_categories", "some", N_("Categories of the stored data"), weighs, "2(c), 2(d)", stored)
    every = tuple(Choice(one, word, CATEGORY_HINTS[one]) for one, word in CATEGORIES.items())
    yield Field("categories", "some", N_("Categories of data"), article="2(c), 2(d), 2(f)", choices=every)
    yield Field("relation", "area", N_("How the data bear on the offence"), article="42(3)(c)", rows=2)
    each = N_("One a line. No wildcards: each is named.")
    yield Field("identifiers", "area", N_("Accounts, addresses, numbers"), each, "23(1), 40(15)(e)", rows=4)
    yield Field("custodian", "line", N_("Who holds the data"), N_("If known."), "42(3)(d)")
    yield Field("location", "line", N_("Where the data are"), N_("If known."), "42(3)(d)")
    held = N_("Two letters, if the data or their holder are in a third State.")
    yield Field("held_in", "line", N_("State where the data are"), held, "5")
    yield Field("period_from", "day", N_("First day the data are about"), article="40(15)(f)")
    yield Field("period_to", "day", N_("Last day the data are about"), article="40(15)(f)")
    yield Field("period_days", "number", N_("Days to preserve"), N_("At least 60 (art. 42(8))."), "25(2), 42(8)")
    confidential = tuple(Choice(one.name, one.about) for one in all_screens().privilege)
    yield Field(
        "privileged",
        "some",
        N_("May the data hold what somebody keeps in confidence for another?"),
        N_("Then a person decides how it is kept apart."),
        "24",
        confidential,
    )
    yield Field("persons", "persons", N_("Persons concerned"), article="40(15)(e)")


def _reasons() -> Iterator[Field]:
    yield Field("purpose", "area", N_("What the data are to prove"), article="40(15)(g)", rows=2)
    yield Field("necessity", "area", N_("Why it is necessary, and cannot wait"), article="42(3)(e)", rows=2)
    tried = N_("What was tried first, why no less would do, who else it may touch.")
    yield Field("proportionality", "area", N_("Why it is proportionate"), tried, "24(1)")
    both, same = N_("Why the conduct is an offence in both States"), N_("The same conduct; the names may differ.")
    yield Field("dual_criminality", "area", both, same, "35(3), 40(8)", rows=2)
    yield Field("procedure", "area", N_("Procedure wished for"), N_("If any."), "40(15)(d), 40(17)", rows=2)
    yield Field(
        "prior_authorisation", "line", N_("Authorised at home by"), N_("Court or authority, and day, if any."), "24(2)"
    )
    yield Field("urgent", "some", N_("Urgency"), article="40(13)", choices=(Choice("yes", N_("It is urgent")),))
    yield Field("deadline", "day", N_("Wished for by"), N_("If there is a reason."), "40(26)")
    yield Field("deadline_reasons", "line", N_("Reason for that day"), article="40(26)")
    threat = N_("Only if life or safety is at risk, soon and seriously. Say what happens, and when.")
    yield Field("emergency_person", "line", N_("Who is at risk"), N_("As exactly as is known."), "2(o)")
    soon = N_("How soon, and how that is known")
    yield Field("emergency_imminence", "area", soon, article="2(o)", rows=2)
    yield Field("emergency_averts", "area", N_("How the data would avert it"), article="41(3)(e)", rows=2)
    no_less = N_("An emergency is asked for the least that helps.")
    yield Field("emergency_minimum", "area", N_("Why no less data would do"), no_less, "41(3)(e)", rows=2)
    yield Field("emergency", "area", N_("Emergency"), threat, "2(o)", rows=2)
    yield Field("emergency_risks", "some", N_("What is at risk"), article="2(o)", choices=RISKS)
    yield Field("secret", "yes_no", N_("Must it be kept secret, from the user too?"), article="40(20), 42(3)(g)")
    yield Field("secret_until", "day", N_("Secret until"), N_("Secrecy has an end; then a notice falls due."), "40(20)")
    yield Field("secret_code", "radios", N_("Kind of reason"), article="24(2)", choices=SECRET_CODES)
    yield Field("secret_reasons", "line", N_("Why it must be secret"), article="42(3)(g)")
    follows = Choice("yes", N_("We will send a request for mutual legal assistance"))
    yield Field("will_follow", "some", N_("What will follow"), article="42(3)(f)", choices=(follows,))


def _questions() -> Iterator[Field]:
    said = N_("Does the matter turn on what somebody said, published or believes?")
    yield Field("expression", "yes_no", said, article="6(2)")
    ground = N_("May it bear on a person's sex, race, language, religion, nationality, ethnic origin or opinions?")
    yield Field("protected_ground", "yes_no", ground, article="40(22)")
    research = N_("May the conduct be security research, testing or reporting?")
    yield Field("research", "yes_no", research, article="11(2), 53(3)(e)")
    yield Field("political", "yes_no", N_("May the offence be political in character?"), article="40(21), 40(22)")
    sought = N_("May a person be sought for having fled, reported on or opposed your State?")
    yield Field("repression", "yes_no", sought, N_("Do not say here who fled, or where to."), "36(1)(a), 40(22)")
    allowed = N_("Did the owner of the system allow the access?")
    yield Field("access_authorised", "yes_no", allowed, N_("For offences against systems."), "7-11")
    told = N_("Was the flaw reported to the owner, a response team or a reward programme?")
    yield Field("reported", "yes_no", told, article="53(3)(e)")
    public = N_("May the conduct have served the public interest?")
    yield Field("public_interest", "yes_no", public, article="6(2)")
    required = N_("Some States require one of these before conduct is an offence.")
    yield Field("elements_shown", "some", N_("What the facts show"), required, "7-9, 12, 14-16", _elements())
    yield Field("elements_absent", "some", N_("What the facts exclude"), article="7-9, 12, 14-16", choices=_elements())


FIELDS: Final[Mapping[str, Field]] = {
    one.name: one for part in (_matter, _offence, _data, _reasons, _questions) for one in part()
}
