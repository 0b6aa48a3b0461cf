"""Form and contents of mutual legal assistance, and of traffic data in real time."""

from datetime import date

import msgspec
import pytest

from comity.treaty.assess import Side
from comity.treaty.findings import Verdict, verdict
from comity.treaty.request import Request
from tests.simulators.assessed import Judge, found


def one_measure(request: Request, **changes: object) -> Request:
    """The production request with its second measure only."""
    return msgspec.structs.replace(request, measures=(msgspec.structs.replace(request.measures[1], **changes),))


@pytest.mark.parametrize(
    ("rule", "provision", "field"),
    [
        ("assistance.authority", "40(15)(a)", "authority"),
        ("assistance.subject", "40(15)(b)", "subject"),
        ("assistance.subject", "40(15)(b)", "conducting_authority"),
        ("assistance.facts", "40(15)(c)", "facts"),
        ("assistance.purpose", "40(15)(g)", "purpose"),
    ],
)
def test_a_missing_content_stops_at_the_sender_and_is_asked_for_at_the_receiver(
    production: Request, judge: Judge, rule: str, provision: str, field: str
) -> None:
    lacking = msgspec.structs.replace(one_measure(production), **{field: ""})
    assert [finding.rule for finding in judge(lacking).stops] == [rule]
    assert [finding.rule for finding in judge(lacking, side=Side.REQUESTED).asks] == [rule]
    assert found(judge(lacking), rule).citation.provisions == (provision,)


def test_what_is_sought_must_be_described(production: Request, judge: Judge) -> None:
    assert verdict(found(judge(one_measure(production, data="")), "assistance.description")) is Verdict.STOP


def test_when_nobody_and_nothing_is_named_a_lawyer_decides(production: Request, judge: Judge) -> None:
    bare = one_measure(production, identifiers=(), custodian="", location="")
    assert verdict(found(judge(bare), "assistance.persons")) is Verdict.DECIDE


def test_without_a_period_a_lawyer_decides_whether_one_applies(production: Request, judge: Judge) -> None:
    bare = one_measure(production, period_from=None)
    assert verdict(found(judge(bare), "assistance.time_period")) is Verdict.DECIDE


def test_a_period_that_ends_before_it_begins_is_stopped(production: Request, judge: Judge) -> None:
    turned = one_measure(production, period_from=date(2026, 9, 1), period_to=date(2026, 8, 1))
    assert verdict(found(judge(turned), "assistance.time_period")) is Verdict.STOP


@pytest.mark.parametrize(("said", "shown"), [("en", "met"), ("es", "met"), ("fi", "stop"), ("", "stop")])
def test_the_language_is_one_that_the_requested_state_accepts(
    production: Request, judge: Judge, said: str, shown: str
) -> None:
    finding = found(judge(msgspec.structs.replace(production, language=said)), "assistance.language")
    assert verdict(finding).value == shown


def test_a_language_is_not_guessed_for_a_state_without_declarations(iceland: Request, judge: Judge) -> None:
    finding = found(judge(msgspec.structs.replace(iceland, language="en")), "assistance.language")
    assert verdict(finding) is Verdict.DECIDE


def test_a_deadline_without_reasons_is_noted(production: Request, judge: Judge) -> None:
    assert verdict(found(judge(production), "assistance.deadline")) is Verdict.MET
    bare = msgspec.structs.replace(production, deadline_reasons="")
    assert verdict(found(judge(bare), "assistance.deadline")) is Verdict.NOTE
