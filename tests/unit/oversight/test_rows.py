"""What each step counts as: the same at both ends, where both know it."""

import msgspec
import pytest

from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.cases import events as e
from comity.cases.case import Case
from comity.oversight import classes as c
from comity.oversight.cells import categories_of, count
from comity.oversight.rows import message_moment, principal_measure, row_of
from comity.transparency.entry import StatRow, read_stat_row
from comity.treaty.request import Confidentiality, Offence, Request, Sought
from comity.treaty.terms import DataCategory
from tests.simulators.emergencies import ask_at_once, ready_world
from tests.simulators.story import ask, at, case_at, grant
from tests.simulators.world import Node, SmallWorld, new_world, preservation, production

NOON = Instant.parse("2026-12-07T12:00:00Z")


def rows(node: Node) -> list[StatRow]:
    return [read_stat_row(leaf.stat) for case in node.cases() for leaf in node.leaves(case.id)]


@pytest.mark.parametrize("stage", ["preserved", "granted", "examined", "narrowed", "postponed", "withdrawn"])
def test_both_ends_count_alike_whatever_happened(stage: str) -> None:
    world = at(stage)
    sent, received = count(rows(world.xa))
    back, came = count(rows(world.xb))
    assert sent == came
    assert received == back == {}
    assert sum(n for one, n in sent.items() if one.startswith("measure.")) == sum(
        n for one, n in sent.items() if one.startswith("offence.")
    )


def test_an_emergency_is_one_request_although_its_data_are_kept_in_a_case_of_their_own() -> None:
    world = ready_world()
    ask_at_once(world)
    assert sorted(case.procedure for case in world.xb.cases()) == ["preservation", "stored_data"]
    sent, _ = count(rows(world.xa))
    _, came = count(rows(world.xb))
    assert sent == came
    assert sum(n for one, n in came.items() if one.startswith("measure.")) == 1


def test_every_step_has_a_row_and_orders_to_a_provider_count_for_nothing() -> None:
    world = at("examined")
    for node in (world.xa, world.xb, world.provider):
        assert len(rows(node)) == sum(case.events for case in node.cases())
    assert {row.direction for row in rows(world.provider)} == {"none"}
    assert all(categories_of(row) == () or row.direction != "none" for row in rows(world.provider))


def test_a_case_counts_once_as_a_request_and_once_for_its_answer() -> None:
    world = at("preserved")
    counted = [row for row in rows(world.xb) if categories_of(row)]
    assert [(row.outcome, row.measure, row.offence, row.country, row.period) for row in counted] == [
        ("requested", "expedited_preservation", "art-13", "xa", "2026-12"),
        ("preserved", "expedited_preservation", "art-13", "xa", "2026-12"),
    ]
    assert {row.direction for row in counted} == {"received"}


def row(world: SmallWorld, request: Request, said: Instant = NOON) -> StatRow:
    case = msgspec.structs.replace(case_at(world, "xb", "preservation"), request=request)
    first = world.xb.events(case.id)[0]
    return row_of(Mode.EXERCISE, case, first, said)


@pytest.fixture(scope="module")
def asked() -> SmallWorld:
    return at("asked")


def with_offence(**changes: object) -> Request:
    return msgspec.structs.replace(preservation(), offence=Offence(**changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("offence", "expected"),
    [
        ({"article": "7"}, "art-7"),
        ({"article": "13(c)"}, "art-13"),
        ({"article": "19(1)", "principal": "14"}, "art-14"),
        ({"route": "other_conventions", "max_penalty_years": 5}, "serious-crime"),
        ({"route": "expression", "max_penalty_years": 4}, "serious-crime-expression"),
        ({"article": "5"}, "other"),
        ({}, "other"),
    ],
)
def test_an_offence_is_of_an_article_or_of_the_catch_all(
    asked: SmallWorld, offence: dict[str, object], expected: str
) -> None:
    assert row(asked, with_offence(**offence)).offence == expected


def test_an_offence_that_turns_on_expression_is_told_apart_whatever_its_route(asked: SmallWorld) -> None:
    request = with_offence(route="other_conventions", max_penalty_years=5)
    screens = msgspec.structs.replace(request.screens, expression=True)
    assert row(asked, msgspec.structs.replace(request, screens=screens)).offence == "serious-crime-expression"


def test_of_several_measures_the_one_that_reaches_deepest_counts() -> None:
    measures = (
        Sought(measure="subscriber_information"),
        Sought(measure="production_of_stored_data", categories=(DataCategory.CONTENT,)),
        Sought(measure="search_seizure_of_stored_data"),
    )
    found = principal_measure(msgspec.structs.replace(production(), measures=measures))
    assert found is not None
    assert found.name == "production_of_stored_data"


@pytest.mark.parametrize(
    ("days", "expected"), [(30, "up-to-30-days"), (31, "up-to-60-days"), (90, "up-to-90-days"), (91, "over-90-days")]
)
def test_secrecy_counts_by_its_length(asked: SmallWorld, days: int, expected: str) -> None:
    secrecy = Confidentiality(wanted=True, until=NOON.plus_days(days).day)
    assert row(asked, msgspec.structs.replace(preservation(), confidentiality=secrecy)).secrecy == expected


def test_a_request_without_secrecy_and_one_under_another_instrument_say_so(asked: SmallWorld) -> None:
    plain = msgspec.structs.replace(preservation(), confidentiality=None, instrument="budapest")
    found = row(asked, plain)
    assert (found.secrecy, found.basis, found.emergency) == ("no-secrecy", "budapest", "none")


def test_an_emergency_is_open_when_it_is_claimed(asked: SmallWorld) -> None:
    urgent = msgspec.structs.replace(production(), emergency="A child is held for ransom.")
    assert row(asked, urgent).emergency == "open"


def test_the_time_to_a_decision_runs_from_the_message_s_own_moment(asked: SmallWorld) -> None:
    case = case_at(asked, "xb", "preservation")
    since = message_moment(case.request_message, NOON)
    event = e.Granted(at=0, by="rita", reasons="r", message="m")

    def delay(seconds: int) -> str:
        return row_of(Mode.EXERCISE, case, event, since.plus_seconds(seconds)).delay

    assert [delay(0), delay(86_400), delay(86_401)] == ["within-24h", "within-24h", "within-3-days"]
    assert delay(181 * 86_400) == "over-180-days"


def test_a_request_that_was_never_delivered_is_taken_back_in_its_own_month(asked: SmallWorld) -> None:
    case: Case = case_at(asked, "xa", "preservation")
    event = e.Receipted(at=0, by="node", message=case.request_message, status="expired")
    found = row_of(Mode.EXERCISE, case, event, Instant.parse("2027-01-02T00:00:00Z"))
    assert (found.outcome, found.period, found.measure) == ("undelivered", "2026-12", "expedited_preservation")
    other = e.Receipted(at=0, by="node", message="another", status="expired")
    assert row_of(Mode.EXERCISE, case, other, NOON).outcome == "expired"


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (e.SecrecyEnded(at=0, by="rita", reasons="r", role="reviewer"), "not-yet"),
        (e.SecrecyLapsed(at=0, by="node", due=NOON.day), "not-yet"),
        (e.NoticeGiven(at=0, by="olga", to="the holder", how="letter", on=NOON.day, role="case_lawyer"), "yes"),
        (e.NoticeWaived(at=0, by="otto", reasons="r", role="oversight"), "skipped"),
    ],
)
def test_a_notice_falls_due_is_given_or_is_skipped(asked: SmallWorld, event: e.Event, expected: str) -> None:
    found = row_of(Mode.EXERCISE, case_at(asked, "xb", "preservation"), event, NOON)
    assert (found.notified, found.outcome) == (expected, "none")


@pytest.mark.parametrize(("citation", "expected"), [("40(21)(b)", "40-21-b"), ("40(22)", "40-22"), ("99", "other")])
def test_a_refusal_counts_by_its_ground(asked: SmallWorld, citation: str, expected: str) -> None:
    event = e.Refused(at=0, by="rita", ground="g", citation=citation, reasons="r", message="m")
    found = row_of(Mode.EXERCISE, case_at(asked, "xb", "preservation"), event, NOON)
    assert (found.outcome, found.ground) == ("refused", expected)
    assert f"ground.{expected}" in categories_of(found)


def test_dual_criminality_is_told_as_the_requested_state_dealt_with_it() -> None:
    world = new_world()
    _, theirs = ask(world, production())
    granted = grant(world, theirs)
    (decided,) = [one for one in rows(world.xb) if one.outcome == "granted"]
    assert decided.dual == ("by-decision" if any("dual" in rule for rule in granted.decided) else "met")
    refused = e.Refused(at=0, by="rita", ground="no_dual_criminality", citation="40(8)", reasons="r", message="m")
    assert row_of(Mode.EXERCISE, theirs, refused, NOON).dual == "not-met"
    otherwise = e.Refused(at=0, by="rita", ground="discrimination", citation="40(22)", reasons="r", message="m")
    assert row_of(Mode.EXERCISE, theirs, otherwise, NOON).dual == "not-reached"
    assert row_of(Mode.EXERCISE, world.xa.cases()[0], refused, NOON).dual == "none"


def test_every_class_of_a_row_is_one_of_its_dimension() -> None:
    for stage in ("examined", "withdrawn"):
        for node in (at(stage).xa, at(stage).xb):
            for one in rows(node):
                assert all(category in c.categories() for category in categories_of(one))
