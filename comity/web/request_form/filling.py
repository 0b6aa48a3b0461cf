"""The fields of a form filled: with what a new request begins with, or with what an older one says."""

from collections.abc import Sequence
from typing import Final

from comity.base.ids import StateCode
from comity.treaty.declarations import declarations_of
from comity.treaty.request import Request, Screens, Sought
from comity.treaty.terms import DataCategory, Stage
from comity.web.request_form import persons

PRESERVE_DAYS: Final = 90
_YES_NO: Final = tuple(name for name in Screens.__struct_fields__ if not name.startswith("elements"))


def defaults(state: StateCode, peers: Sequence[str]) -> dict[str, list[str]]:
    """What a new form begins with."""
    own = declarations_of(state)
    return {
        "to": [peers[0]] if len(peers) == 1 else [""],
        "stage": [Stage.INVESTIGATION],
        "authority": [own.point_of_contact or own.central_authority],
        "language": ["en"],
        "period_days": [str(PRESERVE_DAYS)],
        "will_follow": ["yes"],
        "categories": [DataCategory.SUBSCRIBER, DataCategory.TRAFFIC],
    }


def fields_of(request: Request, peer: str) -> dict[str, list[str]]:
    """A request back in the fields of its form, to be mended."""
    first = request.measures[0] if request.measures else Sought(measure="")
    by_measure = {one.measure: one for one in request.measures}
    stored = by_measure.get("production_of_stored_data")
    subscriber = by_measure.get("subscriber_information")
    offence, secrecy = request.offence, request.confidentiality
    chosen = offence.article or (f"route:{offence.route}" if offence.route else "serious")
    found: dict[str, object] = {
        "to": peer,
        "subject": request.subject,
        "stage": request.stage or "",
        "authority": request.authority,
        "conducting_authority": request.conducting_authority,
        "offence": chosen,
        "principal": offence.principal,
        "offence_name": offence.name,
        "law": offence.law,
        "max_penalty_years": offence.max_penalty_years,
        "penalty_in_force_since": offence.penalty_in_force_since,
        "act_committed_on": offence.act_committed_on,
        "facts": request.facts.strip(),
        "data": first.data,
        "subscriber_data": subscriber.data if subscriber else "",
        "stored_data": stored.data if stored else "",
        "identifiers": "\n".join(dict.fromkeys(name for one in request.measures for name in one.identifiers)),
        "procedure": next((one.procedure for one in request.measures if one.procedure), ""),
        "secret": _said(secrecy.wanted if secrecy else None),
        "secret_until": secrecy.until if secrecy else "",
        "secret_code": secrecy.code if secrecy else "",
        "secret_reasons": secrecy.reasons if secrecy else "",
        **{name: _said(getattr(request.screens, name)) for name in _YES_NO},
        **{name: getattr(first, name) for name in _OF_MEASURE},
        **{name: getattr(request, name) for name in _OF_REQUEST},
    }
    texts = {name: ["" if value is None else str(value)] for name, value in found.items()}
    return {
        **texts,
        "measures": [one.measure for one in request.measures],
        "stored_categories": list(stored.categories) if stored else [],
        "categories": list(first.categories),
        "privileged": list(dict.fromkeys(kind for one in request.measures for kind in one.privileged)),
        "elements_shown": list(request.screens.elements_shown),
        "elements_absent": list(request.screens.elements_absent),
        "emergency_risks": list(request.emergency_risks),
        "will_follow": ["yes"] if request.assistance_will_follow else [],
        "urgent": ["yes"] if request.urgent else [],
        **persons.values_of(request.persons),
    }


_OF_MEASURE: Final = (
    *("relation", "custodian", "location", "held_in"),
    *("period_from", "period_to", "period_days"),
)
_OF_REQUEST: Final = (
    *("purpose", "necessity", "proportionality", "dual_criminality", "prior_authorisation", "language"),
    *("emergency_person", "emergency_imminence", "emergency_averts", "emergency_minimum"),
    *("deadline", "deadline_reasons", "emergency", "instrument", "other_treaty", "source", "note"),
)


def _said(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[answer]
