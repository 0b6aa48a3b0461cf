"""Check the limits on use of evidence before it is opened or handed on, and write ours into what we hand over.

Source: articles 36(3), 40(5), 40(19), 40(28). What speaks for an accused is shown to the accused whatever the limits
say: that is no use for another matter, and no condition holds it up.
"""

from comity.base.errors import NotPermitted, OutOfOrder
from comity.base.instants import Instant
from comity.cases.case import Case, Position
from comity.treaty.acts import Use
from comity.treaty.conduct import assess_act
from comity.treaty.use_terms import UseLimits, limits_of
from comity.workflows.assess_request import require_no_stop
from comity.workflows.office import Office


def check_opening(
    office: Office, case: Case, *, purpose: str, other_matter: bool, consent: str, for_accused: bool
) -> None:
    """Raises RefusedByRule for another matter without consent, OutOfOrder where the conditions are not accepted or the
    time for which it may be used is over. for_accused: it is opened to show an accused what speaks for that person."""
    now = office.clock.now()
    if for_accused:
        _check_for_accused(case, purpose, now)
        return
    _check_conditions(case)
    _check_time(case, now)
    act = Use(purpose=purpose, same_matter=not other_matter, consent=bool(consent.strip()))
    require_no_stop(assess_act(act, on=now.day, request=case.request))


def _check_for_accused(case: Case, purpose: str, now: Instant) -> None:
    if case.position is Position.REQUESTING and not case.exculpatory:
        raise OutOfOrder("nobody has said what speaks for the accused", hint="first: comity case exculpatory")
    act = Use(purpose=purpose, same_matter=False, exculpatory=True, to_accused=True, notice_before=True)
    require_no_stop(assess_act(act, on=now.day, request=case.request))


def check_hand_over(case: Case, to: str, now: Instant) -> None:
    """Raises NotPermitted where `to` is of no side of the case (a third State needs its sender's authorisation and has
    a way of its own, `pass_on`), OutOfOrder where conditions are not accepted or the time of use is over."""
    if to not in (case.peer, case.provider):
        raise NotPermitted(
            f"{to} is not a side of this case: the sender authorises that first (art. 36(3))",
            hint="ask it: comity case ask-onward, then comity case pass-on",
        )
    _check_conditions(case)
    _check_time(case, now)


def check_time(case: Case, now: Instant) -> None:
    """Raises OutOfOrder where the time of use is over."""
    _check_time(case, now)


def _check_conditions(case: Case) -> None:
    if case.awaits_conditions:
        hint = "accept the conditions of the grant first: see comity case show"
        raise OutOfOrder("the conditions on which this was granted are not accepted", hint=hint)


def _check_time(case: Case, now: Instant) -> None:
    until = case.limits.until if case.limits else None
    if until is not None and now.day > until:
        raise OutOfOrder(
            f"its sender lets it be used until {until}, which is over (art. 40(19))",
            hint="ask the sender, or give it back or destroy it",
        )


def written_for(office: Office, case: Case, now: Instant) -> UseLimits | None:
    """What goes with evidence that we hand to the requesting State; None where a provider hands over to its own."""
    if case.position is not Position.REQUESTED or case.request is None:
        return None
    days = office.retention.use_days
    until = now.plus_days(days).day if days else None
    return limits_of(case.request, case.id, case.conditions, until)
