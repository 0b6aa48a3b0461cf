"""Who may run which workflow. Roles are those of the design; a person can hold several, and none approves their own."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from comity.base.errors import NotPermitted
from comity.base.ids import ActorId, actor_id
from comity.treaty.terms import Role
from comity.workflows.office import Office


class PersonRole(StrEnum):
    DUTY_OFFICER = "duty_officer"
    CASE_LAWYER = "case_lawyer"
    REVIEWER = "reviewer"
    INVESTIGATOR = "investigator"
    LEGAL_TEAM = "legal_team"
    OVERSIGHT = "oversight"
    OPERATOR = "operator"


_R = PersonRole

ACTIONS: Final[Mapping[str, frozenset[PersonRole]]] = {
    "draft": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER, _R.INVESTIGATOR}),
    "approve": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER, _R.REVIEWER}),
    "supply": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER}),
    "decide": frozenset({_R.REVIEWER, _R.CASE_LAWYER, _R.DUTY_OFFICER}),
    "grant": frozenset({_R.REVIEWER}),
    "refuse": frozenset({_R.REVIEWER}),
    "order": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER}),
    "confirm": frozenset({_R.LEGAL_TEAM}),
    "object": frozenset({_R.LEGAL_TEAM}),
    "seal": frozenset({_R.LEGAL_TEAM, _R.INVESTIGATOR, _R.CASE_LAWYER}),
    "release": frozenset({_R.LEGAL_TEAM, _R.CASE_LAWYER, _R.DUTY_OFFICER}),
    "accept": frozenset({_R.CASE_LAWYER, _R.DUTY_OFFICER}),
    "examine": frozenset({_R.INVESTIGATOR, _R.CASE_LAWYER}),
    "withdraw": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER}),
    "keep the directory": frozenset({_R.OPERATOR}),
}


DECIDERS: Final[Mapping[Role, frozenset[PersonRole]]] = {
    Role.DUTY_OFFICER: frozenset({_R.DUTY_OFFICER}),
    Role.CASE_LAWYER: frozenset({_R.CASE_LAWYER}),
    Role.REVIEWER: frozenset({_R.REVIEWER}),
    Role.REQUESTED_AUTHORITY: frozenset({_R.REVIEWER, _R.CASE_LAWYER}),
}
"""Who answers a finding, by the role it names."""


def permit_decision(office: Office, person: str, who: Role) -> str:
    """The role in which `person` may decide what `who` must. Raises NotPermitted."""
    return _role_among(office, person, DECIDERS[who], "decide this")


def permit(office: Office, person: str, action: str) -> str:
    """The role in which `person` may do `action` at this node. Raises NotPermitted, naming who may."""
    return _role_among(office, person, ACTIONS[action], action)


def _role_among(office: Office, person: str, needed: frozenset[PersonRole], action: str) -> str:
    roles = office.people.get(ActorId(actor_id(person)))
    if roles is None:
        raise NotPermitted(
            f"{person} is not one of this node's people", hint="name them under [[people]] in the configuration"
        )
    able = sorted(role for role in needed if role in roles)
    if not able:
        raise NotPermitted(f"{person} may not {action} here", hint=f"it takes one of: {', '.join(sorted(needed))}")
    return able[0]
