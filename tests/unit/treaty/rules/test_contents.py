"""What each measure asks of a request: whole it passes, and without one thing it does not."""

from datetime import date

import msgspec
import pytest

from comity.base.ids import StateCode
from comity.treaty.assess import Side
from comity.treaty.declarations import declarations_of
from comity.treaty.findings import BasisKind, NeedsDecision, Verdict, verdict
from comity.treaty.measures import all_measures
from comity.treaty.request import Confidentiality, Offence, Person, Request, Sought
from comity.treaty.terms import DataCategory, Seeking
from tests.simulators.assessed import Judge, found

TRAFFIC = (DataCategory.TRAFFIC,)

LEAST = Sought(
    measure="",
    data="What the accounts 1 and 2 hold.",
    relation="They show who ran the site.",
    identifiers=("192.0.2.45",),
    location="State XB",
    period_from=date(2026, 8, 1),
    period_to=date(2026, 11, 1),
    period_days=14,
    duration_justification="The operator logs in about once a week.",
    seeking=Seeking.FREEZING,
    order="Order of the District Court of State XA, 2 November 2026",
    extent="The whole of both accounts.",
)
NOT_OF_DATA = {
    "expedited_preservation": LEAST,
    "disclosure_of_preserved_traffic_data": msgspec.structs.replace(LEAST, categories=TRAFFIC),
    "real_time_traffic_data": msgspec.structs.replace(LEAST, categories=TRAFFIC),
    "emergency_data": msgspec.structs.replace(LEAST, categories=TRAFFIC),
}
CARRIED = [one.name for one in all_measures() if one.is_carried]


def asking(request: Request, measure: str, **changes: object) -> Request:
    """The production request, whole, asking for one measure."""
    sought = msgspec.structs.replace(NOT_OF_DATA.get(measure, LEAST), measure=measure, **changes)
    return msgspec.structs.replace(
        request,
        measures=(sought,),
        follows="our preservation request of 20 November 2026",
        emergency="A person is held, and is to be harmed tonight.",
        assistance_will_follow=True,
        persons=(Person(name="A. Sample", role="suspect", age=40),),
        confidentiality=Confidentiality(wanted=True, until=date(2027, 1, 1), reasons="The suspect would flee."),
    )


@pytest.mark.parametrize("measure", CARRIED)
@pytest.mark.parametrize("side", Side)
def test_a_whole_request_for_a_measure_that_is_carried_neither_stops_nor_asks(
    production: Request, judge: Judge, measure: str, side: Side
) -> None:
    assessment = judge(asking(production, measure), side=side)
    assert [finding.rule for finding in (*assessment.stops, *assessment.asks)] == []


LACKING = [
    ("point_of_contact_advice", "network.question", "41(3)(a)", {"data": ""}),
    ("locate_data_or_provider", "network.identifier", "42(2)", {"identifiers": ()}),
    ("emergency_data", "emergency.averts", "41(3)(e)", {"relation": ""}),
    ("emergency_data", "emergency.data", "41(3)(e)", {"identifiers": ()}),
    ("disclosure_of_preserved_traffic_data", "disclosure.communication", "43(1)", {"identifiers": ()}),
    ("interception_of_content", "interception.communications", "46", {"identifiers": ()}),
    ("interception_of_content", "interception.duration", "45(3)(f)", {"duration_justification": ""}),
    ("search_seizure_freezing_physical", "search.place", "40(3)(c)", {"location": ""}),
    ("examination_of_objects_or_sites", "search.place", "40(3)(g)", {"location": ""}),
    ("freeze_or_confiscate", "proceeds.way", "50", {"seeking": None}),
    ("freeze_or_confiscate", "proceeds.actions", "50", {"location": ""}),
    ("freeze_or_confiscate", "proceeds.described", "50", {"seeking": Seeking.NEW_ORDER, "location": ""}),
    ("freeze_or_confiscate", "proceeds.order", "50", {"seeking": Seeking.EXECUTION, "order": ""}),
    ("freeze_or_confiscate", "proceeds.order", "50", {"seeking": Seeking.EXECUTION, "extent": ""}),
    ("spontaneous_information", "spontaneous.information", "40(4)", {"data": ""}),
    ("police_cooperation", "assistance.description", "40(15)(d)", {"data": ""}),
    ("locate_suspect", "assistance.description", "40(15)(d)", {"data": ""}),
]


@pytest.mark.parametrize(("measure", "rule", "provision", "changes"), LACKING)
def test_a_missing_content_stops_at_the_sender_and_is_asked_for_at_the_receiver(
    production: Request, judge: Judge, measure: str, rule: str, provision: str, changes: dict[str, object]
) -> None:
    lacking = asking(production, measure, **changes)
    assert rule in [finding.rule for finding in judge(lacking).stops]
    received = judge(lacking, side=Side.REQUESTED)
    assert rule in [finding.rule for finding in received.asks]
    assert received.stops == ()
    assert found(received, rule).citation.provisions[0] == provision


@pytest.mark.parametrize(
    ("measure", "rule", "changes"),
    [
        ("disclosure_of_preserved_traffic_data", "disclosure.follows", {"follows": ""}),
        ("emergency_data", "emergency.situation", {"emergency": ""}),
        ("locate_data_or_provider", "network.purpose", {"purpose": "", "necessity": ""}),
        ("locate_suspect", "network.suspect", {"persons": (Person(name="B.", role="witness"),)}),
        ("witness_evidence_or_statement", "hearing.person", {"persons": ()}),
        ("video_hearing", "hearing.person", {"persons": ()}),
    ],
)
def test_what_the_whole_request_lacks_for_its_measure_stops_it(
    production: Request, judge: Judge, measure: str, rule: str, changes: dict[str, object]
) -> None:
    lacking = msgspec.structs.replace(asking(production, measure), **changes)
    assert rule in [finding.rule for finding in judge(lacking).stops]


@pytest.mark.parametrize(
    "measure",
    [
        "point_of_contact_advice",
        "locate_data_or_provider",
        "locate_suspect",
        "police_cooperation",
        "service_of_documents",
    ],
)
def test_user_data_do_not_pass_by_a_measure_that_hands_over_none(
    production: Request, judge: Judge, measure: str
) -> None:
    finding = found(judge(asking(production, measure, categories=TRAFFIC)), "scope.reach")
    assert verdict(finding) is Verdict.STOP
    assert "no data of users" in finding.why


def test_the_path_is_never_the_subscriber(production: Request, judge: Judge) -> None:
    both = (DataCategory.TRAFFIC, DataCategory.SUBSCRIBER)
    asked = asking(production, "disclosure_of_preserved_traffic_data", categories=both)
    assert verdict(found(judge(asked), "scope.reach")) is Verdict.STOP
    assert "never who the subscriber is" in found(judge(asked), "disclosure.path_only").why


def test_no_facts_are_asked_for_to_serve_documents(production: Request, judge: Judge) -> None:
    bare = msgspec.structs.replace(asking(production, "service_of_documents"), facts="")
    finding = found(judge(bare), "assistance.facts")
    assert verdict(finding) is Verdict.MET
    assert "no summary" in finding.why
    heard = msgspec.structs.replace(asking(production, "video_hearing"), facts="")
    assert verdict(found(judge(heard), "assistance.facts")) is Verdict.STOP


@pytest.mark.parametrize(("side", "shown"), [(Side.REQUESTING, "note"), (Side.REQUESTED, "decide")])
def test_help_from_who_knows_the_system_is_weighed_by_the_requested_state(
    production: Request, judge: Judge, side: Side, shown: str
) -> None:
    asked = asking(production, "search_seizure_of_stored_data", compelled_help="The administrator names the backups.")
    finding = found(judge(asked, side=side), "search.reasonable_help")
    assert verdict(finding).value == shown
    none = found(judge(asking(production, "search_seizure_of_stored_data"), side=side), "search.reasonable_help")
    assert verdict(none) is Verdict.MET


def test_an_urgent_search_says_why_the_data_are_at_risk(production: Request, judge: Judge) -> None:
    urgent = msgspec.structs.replace(asking(production, "search_seizure_of_stored_data"), urgent=True)
    assert verdict(found(judge(urgent), "search.expedited")) is Verdict.MET
    bare = msgspec.structs.replace(urgent, necessity="")
    assert verdict(found(judge(bare), "search.expedited")) is Verdict.NOTE


def test_interception_is_for_the_serious_offences_of_the_requested_states_list(
    production: Request, judge: Judge
) -> None:
    asked = asking(production, "interception_of_content")
    assert isinstance(found(judge(asked, side=Side.REQUESTED), "interception.serious_offence"), NeedsDecision)
    assert verdict(found(judge(asked), "interception.endeavour")) is Verdict.NOTE


@pytest.mark.parametrize(
    "measure", ["interception_of_content", "locate_suspect", "emergency_data", "police_cooperation"]
)
def test_contents_by_analogy_are_the_policy_of_a_state_and_shown_as_such(
    production: Request, judge: Judge, measure: str
) -> None:
    bare = msgspec.structs.replace(
        asking(production, measure, duration_justification=""), subject="", assistance_will_follow=False
    )
    shown = [finding for finding in judge(bare).findings if finding.basis.kind is BasisKind.POLICY]
    assert [finding for finding in shown if verdict(finding) is Verdict.STOP]
    silent = {
        side: msgspec.structs.replace(
            declarations_of(StateCode(code)),
            policy=msgspec.structs.replace(declarations_of(StateCode(code)).policy, contents_by_analogy=()),
        )
        for side, code in (("requesting", "XA"), ("requested", "XB"))
    }
    noted = judge(bare, **silent)
    by_analogy = {finding.rule for finding in shown}
    if (
        measure == "interception_of_content"
    ):  # it is mutual legal assistance, so the contents of 40(15) are the treaty's
        by_analogy = {"interception.duration"}
    assert not by_analogy & {finding.rule for finding in noted.stops}
    assert [one for one in noted.notes if "no policy known here" in one.why]


def test_the_day_a_safe_conduct_ends_is_a_figure_and_not_a_number_in_code(production: Request, judge: Judge) -> None:
    assert "15 days" in found(judge(asking(production, "witness_evidence_or_statement")), "hearing.safe_conduct").why


def test_a_video_hearing_is_the_requested_states_to_permit(production: Request, judge: Judge) -> None:
    asked = asking(production, "video_hearing")
    assert verdict(found(judge(asked, side=Side.REQUESTED), "hearing.video")) is Verdict.DECIDE
    assert verdict(found(judge(asked), "hearing.video")) is Verdict.NOTE


@pytest.mark.parametrize(
    "measure", ["witness_evidence_or_statement", "video_hearing", "records_and_expert_evaluations"]
)
def test_a_serious_crime_opens_these_only_as_electronic_evidence_which_a_person_decides(
    production: Request, judge: Judge, measure: str
) -> None:
    serious = msgspec.structs.replace(asking(production, measure), offence=Offence(name="x", max_penalty_years=10))
    assert verdict(found(judge(serious), "scope.opens")) is Verdict.DECIDE


@pytest.mark.parametrize(
    "measure", ["freeze_or_confiscate", "trace_proceeds", "police_cooperation", "service_of_documents"]
)
def test_a_serious_crime_does_not_open_what_is_for_convention_offences(
    production: Request, judge: Judge, measure: str
) -> None:
    serious = msgspec.structs.replace(asking(production, measure), offence=Offence(name="x", max_penalty_years=10))
    assert verdict(found(judge(serious), "scope.opens")) is Verdict.STOP


def test_what_is_sent_without_a_request_needs_no_investigation_and_has_nothing_to_refuse(
    production: Request, judge: Judge
) -> None:
    sent = msgspec.structs.replace(asking(production, "spontaneous_information"), stage=None)
    rules = {finding.rule for finding in judge(sent).findings}
    assert not {"scope.specific", "refusal.grounds", "assistance.language"} & rules
    assert verdict(found(judge(sent), "spontaneous.own_law")) is Verdict.DECIDE
    received = judge(sent, side=Side.REQUESTED)
    assert verdict(found(received, "spontaneous.receiver")) is Verdict.NOTE
    assert "spontaneous.own_law" not in {finding.rule for finding in received.findings}


def test_conditions_that_the_sender_does_not_state_bind_nobody(production: Request, judge: Judge) -> None:
    sent = asking(production, "spontaneous_information")
    assert verdict(found(judge(sent), "spontaneous.conditions")) is Verdict.MET
    bare = msgspec.structs.replace(sent, confidentiality=None, purpose="")
    assert verdict(found(judge(bare), "spontaneous.conditions")) is Verdict.NOTE


def test_a_holder_of_data_named_to_the_police_stops_for_a_person(production: Request, judge: Judge) -> None:
    named = asking(production, "police_cooperation", custodian="Example Hosting B")
    assert verdict(found(judge(named), "police.non_coercive")) is Verdict.DECIDE
    assert verdict(found(judge(asking(production, "police_cooperation")), "police.non_coercive")) is Verdict.MET


@pytest.mark.parametrize("measure", [name for name in CARRIED if name != "expedited_preservation"])
def test_every_measure_but_preservation_has_its_word_on_dual_criminality(
    production: Request, judge: Judge, measure: str
) -> None:
    findings = [one for one in judge(asking(production, measure)).findings if one.rule == "dual_criminality"]
    assert len(findings) == 1
    assert findings[0].why.startswith(("Tested and met", "Tested and not met", "Not tested"))


@pytest.mark.parametrize(
    "measure", ["locate_data_or_provider", "police_cooperation", "disclosure_of_preserved_traffic_data"]
)
def test_where_the_treaty_makes_it_no_condition_it_is_not_tested(
    production: Request, judge: Judge, measure: str
) -> None:
    serious = msgspec.structs.replace(asking(production, measure), offence=Offence(name="x", max_penalty_years=10))
    finding = found(judge(serious, side=Side.REQUESTED), "dual_criminality")
    assert verdict(finding) is Verdict.MET
    assert finding.why.startswith("Not tested")
