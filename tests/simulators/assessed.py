"""What the tests of the law ask of an assessment."""

from collections.abc import Callable

import msgspec

from comity.treaty.assess import Assessment
from comity.treaty.findings import Finding
from comity.treaty.request import Request

Judge = Callable[..., Assessment]
"""The fixture `judge`."""


def found(assessment: Assessment, rule: str) -> Finding:
    """The one finding of a rule."""
    (finding,) = findings_of(assessment, rule)
    return finding


def findings_of(assessment: Assessment, rule: str) -> list[Finding]:
    """Every finding of a rule: it may have one for each measure."""
    return [finding for finding in assessment.findings if finding.rule == rule]


def asking(request: Request, **changes: object) -> Request:
    """The request with its first measure alone, changed."""
    return msgspec.structs.replace(request, measures=(msgspec.structs.replace(request.measures[0], **changes),))
