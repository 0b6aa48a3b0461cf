"""Which offences open cooperation, and what they open."""

from collections.abc import Callable
from datetime import date

import msgspec
import pytest

from comity.base.ids import StateCode
from comity.treaty.assess import Side
from comity.treaty.declarations import Declarations, Reservation, declarations_of
from comity.treaty.findings import BasisKind, Verdict, verdict
from comity.treaty.request import Offence, Request, Sought
from comity.treaty.terms import DataCategory
from tests.simulators.assessed import Judge, found


def with_offence(request: Request, **changes: object) -> Request:
    return msgspec.structs.replace(request, offence=Offence(name="an offence", **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("article", [*(str(n) for n in range(7, 18)), "13(c)"])
def test_articles_7_to_17_are_offences_of_the_convention(preservation: Request, judge: Judge, article: str) -> None:
    finding = found(judge(with_offence(preservation, article=article)), "scope.offence")
    assert verdict(finding) is Verdict.MET
    assert finding.citation.provisions[0] == article.partition("(")[0]


@pytest.mark.parametrize("article", ["4", "18", "40", "20", "x"])
def test_other_articles_establish_no_offence(preservation: Request, judge: Judge, article: str) -> None:
    finding = found(judge(with_offence(preservation, article=article, max_penalty_years=20)), "scope.offence")
    assert verdict(finding) is Verdict.STOP
    assert "4(2)" in finding.citation.provisions


def test_participation_counts_with_its_principal_offence_only(preservation: Request, judge: Judge) -> None:
    alone = found(judge(with_offence(preservation, article="19")), "scope.offence")
    twice = found(judge(with_offence(preservation, article="19", principal="19")), "scope.offence")
    both = found(judge(with_offence(preservation, article="19", principal="13")), "scope.offence")
    assert [verdict(one) for one in (alone, twice, both)] == [Verdict.STOP, Verdict.STOP, Verdict.MET]


@pytest.mark.parametrize(("years", "shown"), [(0, "stop"), (3, "stop"), (4, "met"), (5, "met"), (20, "met")])
def test_a_serious_crime_has_a_maximum_of_four_years_or_more(
    preservation: Request, judge: Judge, years: int, shown: str
) -> None:
    finding = found(judge(with_offence(preservation, max_penalty_years=years)), "scope.offence")
    assert verdict(finding).value == shown
    assert finding.citation.provisions == ("2(h)", "35(1)(c)", "40(1)")


def test_without_article_and_penalty_it_says_what_is_missing(preservation: Request, judge: Judge) -> None:
    finding = found(judge(with_offence(preservation)), "scope.offence")
    assert verdict(finding) is Verdict.STOP
    assert "maximum penalty" in finding.why


def test_the_three_year_example_is_stopped(example: Callable[[str], Request], judge: Judge) -> None:
    for side in Side:
        stops = {one.rule for one in judge(example("investment-scam/three-year-offence"), side=side).stops}
        assert stops == {"scope.offence", "scope.opens"}


def test_serious_crime_opens_electronic_evidence_and_not_freezing(preservation: Request, judge: Judge) -> None:
    serious = with_offence(preservation, max_penalty_years=10)
    assert verdict(found(judge(serious), "scope.opens")) is Verdict.MET
    freezing = msgspec.structs.replace(serious, measures=(Sought(measure="freeze_or_confiscate"),))
    assert verdict(found(judge(freezing), "scope.opens")) is Verdict.STOP
    by_convention = with_offence(freezing, article="13")
    assert verdict(found(judge(by_convention), "scope.opens")) is Verdict.MET


def test_a_measure_without_rules_here_is_recognised_and_not_carried(preservation: Request, judge: Judge) -> None:
    asked = msgspec.structs.replace(preservation, measures=(Sought(measure="extradition"),))
    finding = found(judge(asked), "scope.carried")
    assert verdict(finding) is Verdict.STOP
    assert finding.basis.kind is BasisKind.PROGRAM


@pytest.mark.parametrize("measures", [(), (Sought(measure="remote_hacking"),)])
def test_what_the_convention_does_not_have_cannot_be_asked(
    preservation: Request, judge: Judge, measures: tuple[Sought, ...]
) -> None:
    finding = found(judge(msgspec.structs.replace(preservation, measures=measures)), "scope.measures")
    assert verdict(finding) is Verdict.STOP


def test_content_cannot_be_asked_as_real_time_traffic_data(preservation: Request, judge: Judge) -> None:
    sought = Sought(measure="real_time_traffic_data", categories=(DataCategory.TRAFFIC, DataCategory.CONTENT))
    finding = found(judge(msgspec.structs.replace(preservation, measures=(sought,))), "scope.reach")
    assert verdict(finding) is Verdict.STOP


def test_unstated_categories_are_noted_and_not_refused(preservation: Request, judge: Judge) -> None:
    sought = msgspec.structs.replace(preservation.measures[0], categories=())
    finding = found(judge(msgspec.structs.replace(preservation, measures=(sought,))), "scope.reach")
    assert verdict(finding) is Verdict.NOTE


def test_a_wildcard_asks_about_everybody_and_stops(preservation: Request, judge: Judge) -> None:
    sought = msgspec.structs.replace(preservation.measures[0], identifiers=("*@mail.example",))
    finding = found(judge(msgspec.structs.replace(preservation, measures=(sought,))), "scope.specific")
    assert verdict(finding) is Verdict.STOP


def test_a_reserved_article_stops_with_the_state_that_reserved_it(preservation: Request, judge: Judge) -> None:
    held = Reservation("13", "not bound by it", date(2026, 1, 1), "a test")
    xb = msgspec.structs.replace(declarations_of(StateCode("XB")), reservations=(held,))
    assert isinstance(xb, Declarations)
    finding = found(judge(preservation, requested=xb), "scope.reserved")
    assert verdict(finding) is Verdict.STOP
    assert str(finding.basis) == "declaration of XB"
