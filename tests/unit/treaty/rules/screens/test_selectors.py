"""Named accounts, not everybody; and material held in confidence."""

from datetime import date

import msgspec
import pytest

from comity.treaty.findings import Verdict, verdict
from comity.treaty.request import Person, Request, Sought
from tests.simulators.assessed import Judge, asking, found


@pytest.mark.parametrize(
    "data",
    [
        "Subscriber records of all users of the forum.",
        "A tower dump for the square on 3 May.",
        "Accounts inside the geofence.",
        "Everyone who searched for the address.",
        "Les données de tous les utilisateurs.",
        "Данные всех пользователей.",
        "所有用户的记录",
    ],
)
def test_asking_about_everybody_in_words_stops_for_a_reviewer(preservation: Request, judge: Judge, data: str) -> None:
    finding = found(judge(asking(preservation, data=data)), "screens.bulk")
    assert verdict(finding) is Verdict.DECIDE
    assert finding.citation.provisions == ("23(1)", "41(1)")


@pytest.mark.parametrize(
    ("identifier", "wide"),
    [
        ("192.0.2.45", False),
        ("192.0.2.0/28", False),
        ("192.0.2.0/27", True),
        ("192.0.2.45/24", True),
        ("0.0.0.0/0", True),
        ("192.0.2.1-192.0.2.16", False),
        ("192.0.2.1-192.0.2.17", True),
        ("192.0.2.1-254", True),
        ("192.0.2.1 - 4", False),
        ("2001:db8::/56", False),
        ("2001:db8::/48", True),
        ("2001:db8::1-2001:db8:1::1", True),
        ("2001:db8::1-192.0.2.1", False),
        ("https://example.org/a-b/c", False),
        ("user-name", False),
        ("a/b", False),
    ],
)
def test_a_range_over_the_limit_stops_and_says_what_it_covers(
    preservation: Request, judge: Judge, identifier: str, wide: bool
) -> None:
    finding = found(judge(asking(preservation, identifiers=(identifier,))), "screens.bulk")
    assert (verdict(finding) is Verdict.DECIDE) is wide
    assert ("covers" in finding.why) is wide


@pytest.mark.parametrize("identifiers", [(), ("2026-08-01",), ("2026-08-01 to 2026-08-03",), (" ",)])
def test_a_place_or_a_date_alone_selects_nobody_in_particular(
    preservation: Request, judge: Judge, identifiers: tuple[str, ...]
) -> None:
    asked = asking(preservation, identifiers=identifiers, period_from=date(2026, 8, 1))
    assert verdict(found(judge(asked), "screens.bulk")) is Verdict.DECIDE
    with_person = msgspec.structs.replace(asked, persons=(Person(name="A. Example"),))
    assert verdict(found(judge(with_person), "screens.bulk")) is Verdict.MET


def test_a_measure_that_reaches_no_data_needs_no_identifier(preservation: Request, judge: Judge) -> None:
    served = msgspec.structs.replace(preservation, measures=(Sought(measure="service_of_documents"),))
    assert verdict(found(judge(served), "screens.bulk")) is Verdict.MET


def test_an_authorisation_for_it_is_shown_to_the_one_who_decides(preservation: Request, judge: Judge) -> None:
    ordered = msgspec.structs.replace(
        asking(preservation, data="All users of the forum."), prior_authorisation="Order 12/2026 of the District Court"
    )
    assert "Order 12/2026" in found(judge(ordered), "screens.bulk").why


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"custodian": "Example & Partners, law firm"}, "client"),
        ({"data": "Messages of the newsroom."}, "source"),
        ({"custodian": "General Hospital of State XB"}, "patient"),
        ({"data": "Переписка адвоката"}, "client"),
        ({"privileged": ("medical",)}, "medical"),
    ],
)
def test_material_held_in_confidence_stops_for_someone_outside_the_case(
    preservation: Request, judge: Judge, changes: dict[str, object], kind: str
) -> None:
    finding = found(judge(asking(preservation, **changes)), "screens.privileged")
    assert verdict(finding) is Verdict.DECIDE
    assert kind in finding.why


def test_a_lawyer_concerned_stops_too(preservation: Request, judge: Judge) -> None:
    concerned = msgspec.structs.replace(preservation, persons=(Person(status=("lawyer",)),))
    assert "client" in found(judge(concerned), "screens.privileged").why
