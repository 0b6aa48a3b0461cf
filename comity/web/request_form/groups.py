"""In which order the fields are asked: on the one urgent screen, and page by page in a guided request."""

from collections.abc import Mapping
from typing import Final

from comity.web.request_form.catalogue import FIELDS
from comity.web.request_form.field import Group
from comity.web.words import N_


def _group(name: str, title: str, fields: str, lead: str = "", *, is_more: bool = False) -> Group:
    return Group(name, title, tuple(FIELDS[one] for one in fields.split()), lead, is_more)


URGENT: Final = (
    _group("what", N_("What is to be kept"), "to identifiers data categories custodian period_from period_to"),
    _group(
        "why",
        N_("Why"),
        "subject offence law max_penalty_years facts relation necessity period_days will_follow",
    ),
    _group("secrecy", N_("Secrecy"), "secret secret_until secret_code secret_reasons"),
    _group("screens", N_("Three questions"), "expression protected_ground research"),
    _group("who", N_("Who asks"), "stage authority conducting_authority", is_more=True),
    _group("persons", N_("Persons concerned"), "persons", is_more=True),
    _group(
        "emergency", N_("An emergency, a day, a procedure"),
        "emergency emergency_risks emergency_person emergency_imminence emergency_averts emergency_minimum deadline "
        "deadline_reasons procedure prior_authorisation",
        is_more=True,
    ),
    _group(
        "further", N_("More on the offence and the data"),
        "offence_name principal penalty_in_force_since act_committed_on location held_in privileged purpose "
        "proportionality dual_criminality political repression access_authorised reported public_interest "
        "elements_shown elements_absent",
        is_more=True,
    ),
    _group("basis", N_("Language and legal basis"), "language instrument other_treaty source note", is_more=True),
)  # fmt: skip
GUIDED: Final = (
    _group("matter", N_("The matter"), "to subject stage authority conducting_authority"),
    _group(
        "offence",
        N_("The offence"),
        "offence principal offence_name law max_penalty_years penalty_in_force_since act_committed_on",
    ),
    _group("facts", N_("The facts"), "facts"),
    _group("measures", N_("The measures"), "measures subscriber_data stored_data stored_categories"),
    _group("data", N_("Whose data, and when"), "identifiers period_from period_to relation"),
    _group("holder", N_("Who holds the data"), "custodian location held_in privileged"),
    _group(
        "persons",
        N_("Persons concerned"),
        "persons",
        N_("Whom the request is about, as far as is known. Leave it empty where nobody is."),
    ),
    _group("reasons", N_("The reasons"), "purpose necessity proportionality dual_criminality"),
    _group(
        "manner", N_("How, and by when"),
        "procedure prior_authorisation urgent deadline deadline_reasons emergency emergency_risks emergency_person "
        "emergency_imminence emergency_averts emergency_minimum",
    ),
    _group("secrecy", N_("Secrecy"), "secret secret_until secret_code secret_reasons"),
    _group(
        "safeguards",
        N_("Safeguards"),
        "expression protected_ground political repression",
        N_("A yes stops nothing by itself: a person then decides, with reasons."),
    ),
    _group(
        "conduct",
        N_("The conduct"),
        "research access_authorised reported public_interest elements_shown elements_absent",
        N_("What is known of it. Leave open what is not."),
    ),
    _group("basis", N_("Language and legal basis"), "language instrument other_treaty source note"),
)  # fmt: skip
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
    "assistance.persons": "persons",
    "assistance.time_period": "period_from",
    "assistance.purpose": "purpose",
    "assistance.language": "language",
    "assistance.deadline": "deadline_reasons",
    "basis.instrument": "instrument",
    "emergency.situation": "emergency",
    "emergency.averts": "emergency_averts",
    "scope.offence": "offence",
    "scope.reserved": "offence",
    "scope.specific": "identifiers",
    "scope.measures": "measures",
    "scope.reach": "categories",
    "safeguards.proportionality": "proportionality",
    "safeguards.authorisation": "prior_authorisation",
    "dual_criminality": "dual_criminality",
    "screens.expression": "expression",
    "screens.discrimination": "protected_ground",
    "screens.research": "research",
    "screens.political_offence": "political",
    "screens.transnational_repression": "repression",
    "screens.optional_elements": "elements_shown",
    "screens.privileged": "privileged",
    "screens.sovereignty": "held_in",
    "screens.penalty_raised": "penalty_in_force_since",
    "screens.emergency": "emergency",
    "use_limits.secrecy": "secret_until",
}
"""The field where a finding is mended, by its rule."""
