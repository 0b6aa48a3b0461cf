"""The limits on use that travel with evidence: for which matter, on which conditions, until when, and to whom onward.

Source: articles 36(3), 40(19), 40(28). The sender writes them into the message that hands the evidence over; whoever
holds it checks them at every opening and every hand-over. None of them stands against an accused (arts 40(5), 40(19)).
"""

from datetime import date

import msgspec

from comity.treaty.request import Request


class UseLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`case`: the sender's own reference. `purpose`: what it may be used for, in the request's words; `offence`: for
    which offence. `conditions`: of the grant, accepted. `until`: the last day of use, None where the sender set none.
    `onward`: whether it may go to a third State without the sender's authorisation; the treaty's answer is no."""

    case: str
    subject: str
    purpose: str
    offence: str
    conditions: tuple[str, ...] = ()
    until: date | None = None
    onward: bool = False


def limits_of(request: Request, case: str, conditions: tuple[str, ...], until: date | None) -> UseLimits:
    """What a State lays on evidence that it hands over on `request`."""
    offence = request.offence
    return UseLimits(
        case=case,
        subject=request.subject,
        purpose=request.purpose or request.subject,
        offence=offence.article or offence.route or offence.name,
        conditions=conditions,
        until=until,
    )
