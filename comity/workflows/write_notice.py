"""What the notice to a person concerned says, once secrecy has ended: drawn from the case, for a person to complete.

It says that it happened, which measure, about which time, on which basis, since when and why it was secret, and what
the person can do (articles 24(2), 40(20)). It names no other State, no other person, no suspicion and no evidence.
"""

from dataclasses import dataclass
from datetime import date

from comity.base.errors import OutOfOrder
from comity.cases import events as e
from comity.cases.case import Case, Position
from comity.cases.deadlines import owes_notice
from comity.cases.secrecy import SecrecyReason
from comity.workflows.access import permit
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.record_access import record_access
from comity.workflows.require import require_position


@dataclass(frozen=True, slots=True)
class NoticeText:
    """`asked_here`: this State asked another for the data; else another asked this one. `since`, `until`: the time the
    data are about, as far as it was said; `basis`: the law of the order, or of the request. `due`: the last day of
    policy for telling the person."""

    case: Case
    asked_here: bool
    measures: tuple[str, ...]
    since: date | None
    until: date | None
    basis: str
    reason: SecrecyReason
    secret_since: date
    secret_until: date
    due: date | None


def write_notice(office: Office, person: str, case_id: str, page: str = "") -> NoticeText:
    """The facts of the notice. That it was taken is recorded. Raises OutOfOrder while secrecy lasts, or where no notice
    is owed."""
    permit(office, person, "notify")
    with office.store.transaction() as tx:
        case = require_position(load(tx, case_id), Position.REQUESTING, Position.REQUESTED)
        if case.secrecy is None or not owes_notice(case) or not case.request_message:
            raise OutOfOrder("no notice is owed in this case", hint="see: comity case show")
        if not case.secrecy_ended and not case.secrecy.has_passed(office.clock.now().day):
            raise OutOfOrder(f"the case is secret until {case.secret_until}", hint="end secrecy first, with reasons")
        orders = [
            one for one in (e.read(data) for data, _ in tx.cases.events(case.id)) if isinstance(one, e.OrderIssued)
        ]
        record_access(office, tx, person, "printed", case.id, page)
    days = [(one.period_from, one.period_to) for one in case.measures]
    return NoticeText(
        case=case,
        asked_here=case.position is Position.REQUESTING,
        measures=tuple(dict.fromkeys(one.measure for one in case.measures)),
        since=min((first for first, _ in days if first is not None), default=None),
        until=max((last for _, last in days if last is not None), default=None),
        basis=orders[-1].legal_basis if orders else case.request.prior_authorisation if case.request else "",
        reason=case.secrecy.reason,
        secret_since=case.secrecy.since,
        secret_until=case.secrecy.until,
        due=case.notice_due,
    )
