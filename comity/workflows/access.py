"""Who may run which workflow. Roles are those of the design; a person can hold several, and none approves their own."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from comity.base.errors import NotPermitted
from comity.treaty.terms import Role
from comity.workflows.office import Office
from comity.workflows.roles import roles_of
from comity.workflows.stores import Transaction


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
    "accept": frozenset({_R.CASE_LAWYER, _R.DUTY_OFFICER, _R.LEGAL_TEAM}),
    "examine": frozenset({_R.INVESTIGATOR, _R.CASE_LAWYER}),
    "return": frozenset({_R.CASE_LAWYER}),
    "destroy": frozenset({_R.REVIEWER, _R.LEGAL_TEAM}),
    "withdraw": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER}),
    "ask": frozenset({_R.CASE_LAWYER, _R.REVIEWER}),
    "postpone": frozenset({_R.REVIEWER}),
    "resume": frozenset({_R.REVIEWER}),
    "consult": frozenset({_R.CASE_LAWYER, _R.REVIEWER}),
    "reply": frozenset({_R.CASE_LAWYER, _R.REVIEWER}),
    "conditions": frozenset({_R.CASE_LAWYER, _R.REVIEWER}),
    "question": frozenset({_R.LEGAL_TEAM}),
    "clarify": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER}),
    "lift": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER}),
    "let_go": frozenset({_R.LEGAL_TEAM}),
    "settle_doubt": frozenset({_R.REVIEWER, _R.LEGAL_TEAM}),
    "freeze": frozenset({_R.OVERSIGHT}),
    "unfreeze": frozenset({_R.OVERSIGHT}),
    "extend_secrecy": frozenset({_R.REVIEWER}),
    "end_secrecy": frozenset({_R.REVIEWER, _R.CASE_LAWYER}),
    "notify": frozenset({_R.CASE_LAWYER, _R.DUTY_OFFICER}),
    "withhold_notice": frozenset({_R.CASE_LAWYER, _R.REVIEWER}),
    "waive_notice": frozenset({_R.OVERSIGHT}),
    "exculpatory": frozenset({_R.CASE_LAWYER, _R.INVESTIGATOR, _R.REVIEWER}),
    "complaint": frozenset({_R.CASE_LAWYER, _R.DUTY_OFFICER, _R.REVIEWER, _R.LEGAL_TEAM}),
    "answer_complaint": frozenset({_R.CASE_LAWYER, _R.REVIEWER, _R.LEGAL_TEAM}),
    "disclose": frozenset({_R.CASE_LAWYER, _R.REVIEWER, _R.LEGAL_TEAM}),
    "sweep": frozenset({_R.OPERATOR}),
    "keep_longer": frozenset({_R.REVIEWER, _R.LEGAL_TEAM}),
    "onward": frozenset({_R.CASE_LAWYER}),
    "authorise_onward": frozenset({_R.REVIEWER}),
    "pass_on": frozenset({_R.CASE_LAWYER}),
    "call_back": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER, _R.REVIEWER}),
    "check_call": frozenset({_R.CASE_LAWYER, _R.REVIEWER}),
    "admit_emergency": frozenset({_R.REVIEWER}),
    "follow_up": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER}),
    "review_emergency": frozenset({_R.CASE_LAWYER, _R.REVIEWER}),
    "see_notice": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER, _R.REVIEWER, _R.OPERATOR}),
    "keep the directory": frozenset({_R.OPERATOR}),
    "suspend": frozenset({_R.OPERATOR, _R.REVIEWER}),
    "carry": frozenset({_R.DUTY_OFFICER, _R.CASE_LAWYER, _R.OPERATOR}),
    "keep the people": frozenset({_R.OPERATOR}),
    "keep tokens": frozenset({_R.OPERATOR}),
    "keep the log": frozenset({_R.OPERATOR}),
    "publish statistics": frozenset({_R.OPERATOR, _R.OVERSIGHT}),
    "erase": frozenset({_R.REVIEWER}),
}


DECIDERS: Final[Mapping[Role, frozenset[PersonRole]]] = {
    Role.DUTY_OFFICER: frozenset({_R.DUTY_OFFICER}),
    Role.CASE_LAWYER: frozenset({_R.CASE_LAWYER}),
    Role.REVIEWER: frozenset({_R.REVIEWER}),
    Role.REQUESTED_AUTHORITY: frozenset({_R.REVIEWER, _R.CASE_LAWYER}),
}
"""Who answers a finding, by the role it names."""


def deciders(who: Role) -> str:
    """The people of a node who answer what `who` must, in words: case lawyer or reviewer."""
    return " or ".join(sorted(role.replace("_", " ") for role in DECIDERS[who]))


def permit_decision(office: Office, person: str, who: Role, tx: Transaction) -> str:
    """The role in which `person` may decide what `who` must, asked in a transaction. Raises NotPermitted."""
    return _role_among(office, person, DECIDERS[who], "decide this", tx)


def permit(office: Office, person: str, action: str, tx: Transaction | None = None) -> str:
    """The role in which `person` may do `action` at this node; `tx`: the transaction it is asked in, if in one. Raises
    NotPermitted, naming who may."""
    return _role_among(office, person, ACTIONS[action], action.replace("_", " "), tx)


def permit_look(office: Office, person: str, needed: frozenset[PersonRole], action: str) -> str:
    """The role in which `person` may look at something, which changes no case. Raises NotPermitted."""
    return _role_among(office, person, needed, action)


def _role_among(
    office: Office, person: str, needed: frozenset[PersonRole], action: str, tx: Transaction | None = None
) -> str:
    roles = roles_of(office, person, tx)
    if roles is None:
        raise NotPermitted(
            f"{person} is not one of this node's people",
            hint="an operator invites them: comity people invite; or name them under [[people]] in the configuration",
        )
    able = sorted(role for role in needed if role in roles)
    if not able:
        raise NotPermitted(f"{person} may not {action} here", hint=f"it takes one of: {', '.join(sorted(needed))}")
    return able[0]
