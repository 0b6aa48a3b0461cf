"""One act of a State against the rules on conduct: to refuse, postpone, preserve, use, pass on, keep secret.

`assess` looks at requests; here is the treaty's other half, what States do with them. The answers have the same shape,
and people decide here as there: a stop means that the act cannot be done so.
"""

from collections.abc import Iterator
from datetime import date
from typing import assert_never

from comity.treaty import acts
from comity.treaty.assess import Assessment, book_of
from comity.treaty.declarations import Declarations
from comity.treaty.findings import Finding, with_cautions
from comity.treaty.request import Request
from comity.treaty.rules import (
    conduct_answer,
    conduct_preservation,
    conduct_refusal,
    conduct_secrecy,
    conduct_use,
)
from comity.treaty.rules.circumstances import Circumstances


def assess_act(
    act: acts.Act,
    *,
    on: date,
    requesting: Declarations | None = None,
    requested: Declarations | None = None,
    request: Request | None = None,
) -> Assessment:
    """Run the rules on one act on day `on`. What is not passed in is not known, and never assumed.

    The book is that of the request's instrument, the Convention's without one.

    For material received, the State it came from is the requested one. Raises NotFound if `on` lies before the
    Convention's adoption.
    """
    around = Circumstances(on, requesting, requested, request)
    book = None if request is None else book_of(request.instrument)
    rules = _findings if book is None or book.on_act is None else book.on_act
    return Assessment(with_cautions(rules(act, around)))


def _findings(act: acts.Act, around: Circumstances) -> Iterator[Finding]:
    match act:
        case acts.Refusal():
            return conduct_refusal.refusal(act, around)
        case acts.Postponement():
            return conduct_refusal.postponement(act)
        case acts.Execution():
            return conduct_preservation.execution(act, around)
        case acts.ExtensionRequest():
            return conduct_preservation.extension(act)
        case acts.Renewal():
            return conduct_preservation.renewal(act)
        case acts.Use():
            return conduct_use.use(act)
        case acts.OnwardTransfer():
            return conduct_use.onward(act, around)
        case acts.Transfer():
            return conduct_use.transfer(act)
        case acts.Secrecy():
            return conduct_secrecy.check(act, around)
        case acts.DualAnswer():
            return conduct_answer.dual(act, around)
        case acts.ProgressAnswer():
            return conduct_answer.progress(act)
        case acts.NoLongerNeeded():
            return conduct_answer.no_longer_needed(act)
        case acts.Lifting():
            return conduct_answer.lifting(act)
        case acts.Answer():
            return conduct_answer.answer(act)
        case _:
            assert_never(act)
