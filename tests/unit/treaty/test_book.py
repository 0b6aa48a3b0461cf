"""An instrument is a rule book: the two that have rules, one that has none, and one that nobody knows."""

from datetime import date

import msgspec
import pytest

from comity.base.errors import Malformed
from comity.base.ids import StateCode
from comity.treaty.assess import BOOKS, CONVENTION, Outcome, book_of
from comity.treaty.book import RuleBook
from comity.treaty.citation import short_name
from comity.treaty.participation import Register
from comity.treaty.request import Request
from comity.treaty.standing import LegalBasis, Standing
from tests.simulators.assessed import Judge

TODAY = date(2026, 11, 22)
FR, BR, EE = StateCode("FR"), StateCode("BR"), StateCode("EE")


def test_a_request_that_names_no_instrument_is_under_the_convention() -> None:
    assert book_of("") is CONVENTION
    assert [one.instrument for one in BOOKS if one.carried] == ["", "budapest"]


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book.name)
def test_every_book_has_a_catalogue_figures_and_measures_of_its_own(book: RuleBook) -> None:
    found = book
    assert found.catalogue
    assert {one.instrument for one in found.figures} == {found.instrument}
    assert {one.instrument for one in found.measures} <= {found.instrument}
    assert bool(found.measures) == found.carried
    assert found.instrument == "" or short_name(found.instrument)


def test_a_book_cites_its_own_provisions_only() -> None:
    assert str(CONVENTION.cite("42(8)")) == "art. 42(8)"
    with pytest.raises(Malformed):
        CONVENTION.cite("27(9)(e)")
    assert CONVENTION.measure("expedited_preservation") is not None
    assert CONVENTION.measure("hacking") is None


def test_binding_is_told_from_the_packaged_record_or_another() -> None:
    budapest = book_of("budapest")
    assert budapest is not None
    assert budapest.binding(BR, EE, TODAY).standing is Standing.STANDS
    assert CONVENTION.binding(BR, FR, TODAY).standing is Standing.MISSING
    assert budapest.binding(BR, EE, TODAY, Register(())).standing is Standing.MISSING
    assert LegalBasis(False, (), ("a doubt",)).standing is Standing.TO_CONFIRM


@pytest.mark.parametrize("named", ["budapest/protocol", "lanzarote", "../budapest", "un"])
def test_a_request_under_an_instrument_without_rules_is_stopped_and_says_so(
    preservation: Request, judge: Judge, named: str
) -> None:
    assessment = judge(msgspec.structs.replace(preservation, instrument=named))
    (finding,) = assessment.findings
    assert (finding.rule, assessment.outcome) == ("basis.instrument", Outcome.NOT_MET)
    assert named in finding.why


def test_the_same_request_is_told_by_either_book(preservation: Request, judge: Judge) -> None:
    offence = msgspec.structs.replace(preservation.offence, article="8")
    there = judge(msgspec.structs.replace(preservation, instrument="budapest", offence=offence))
    here = judge(preservation)
    assert here.outcome is there.outcome is Outcome.MET
    shared = {one.rule for one in here.findings} & {one.rule for one in there.findings}
    assert {"scope.offence", "preservation.necessity", "preservation.period", "screens.expression"} <= shared
    assert not {str(one.citation) for one in here.findings} & {str(one.citation) for one in there.findings}
