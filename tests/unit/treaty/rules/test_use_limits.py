"""Limits on use, and secrecy with an end."""

from datetime import date, timedelta

import msgspec
import pytest

from comity.treaty.findings import Verdict, verdict
from comity.treaty.request import Confidentiality, Request
from tests.simulators.assessed import Judge, findings_of, found

MADE = date(2026, 11, 20)


def secret(request: Request, until: date | None) -> Request:
    wish = Confidentiality(wanted=True, until=until, reasons="The suspect would flee.")
    return msgspec.structs.replace(request, confidentiality=wish)


@pytest.mark.parametrize(
    ("until", "shown"),
    [(MADE + timedelta(days=90), "met"), (MADE + timedelta(days=91), "stop"), (None, "stop")],
)
def test_secrecy_has_an_end_within_the_policy_of_the_requesting_state(
    preservation: Request, judge: Judge, until: date | None, shown: str
) -> None:
    finding = found(judge(secret(preservation, until)), "use_limits.secrecy")
    assert verdict(finding).value == shown
    assert str(finding.basis) == "policy of XA"


def test_where_no_policy_is_known_a_missing_end_is_noted(iceland: Request, judge: Judge) -> None:
    assert verdict(found(judge(secret(iceland, None)), "use_limits.secrecy")) is Verdict.NOTE


def test_nothing_is_said_of_secrecy_that_nobody_wants(preservation: Request, judge: Judge) -> None:
    open_ = msgspec.structs.replace(preservation, confidentiality=None)
    assert "use_limits.secrecy" not in {finding.rule for finding in judge(open_).findings}


def test_use_is_limited_to_the_matter_stated(production: Request, judge: Judge) -> None:
    findings = findings_of(judge(production), "use_limits.use")
    assert len(findings) == len(production.measures)
    for finding in findings:
        assert verdict(finding) is Verdict.MET
        assert production.subject in finding.why
        assert "exculpatory" in finding.why


def test_preservation_discloses_nothing_so_no_limit_on_use_is_shown(preservation: Request, judge: Judge) -> None:
    assert "use_limits.use" not in {finding.rule for finding in judge(preservation).findings}
