"""Every action that a page offers, by its name in the address."""

from collections.abc import Mapping
from typing import Final

from comity.web.actions.answer import GRANT, REFUSE
from comity.web.actions.approve import APPROVE
from comity.web.actions.ask import ASK
from comity.web.actions.clarify import CLARIFY, QUESTION
from comity.web.actions.consult import CONDITIONS_ANSWER, CONSULT, REPLY
from comity.web.actions.decide import DECIDE
from comity.web.actions.doubt import SETTLE_DOUBT
from comity.web.actions.emergency import ADMIT_EMERGENCY, CALL_BACK, CHECK_CALL, FOLLOW_UP, REVIEW_EMERGENCY
from comity.web.actions.evidence import ACCEPT, DESTROY, EXAMINE, LET_IN, RELEASE, RETURN, SEAL
from comity.web.actions.form import Action
from comity.web.actions.lift import LET_GO, LIFT
from comity.web.actions.narrow import NARROW
from comity.web.actions.order import CONFIRM, OBJECT, ORDER
from comity.web.actions.oversee import FREEZE, UNFREEZE
from comity.web.actions.postpone import POSTPONE, RESUME
from comity.web.actions.rights import (
    ANSWER_COMPLAINT,
    AUTHORISE_ONWARD,
    COMPLAINT,
    EXCULPATORY,
    KEEP_LONGER,
    ONWARD,
    RELAY_COMPLAINT,
)
from comity.web.actions.secrecy import END_SECRECY, EXTEND_SECRECY, NOTIFY, WAIVE_NOTICE, WITHHOLD_NOTICE
from comity.web.actions.supply import SUPPLY
from comity.web.actions.withdraw import WITHDRAW

ACTIONS: Final[Mapping[str, Action]] = {
    "approve": APPROVE,
    "decide": DECIDE,
    "supply": SUPPLY,
    "grant": GRANT,
    "refuse": REFUSE,
    "order": ORDER,
    "confirm": CONFIRM,
    "object": OBJECT,
    "seal": SEAL,
    "withdraw": WITHDRAW,
    "release": RELEASE,
    "accept": ACCEPT,
    "examine": EXAMINE,
    "let_in": LET_IN,
    "return": RETURN,
    "destroy": DESTROY,
    "narrow": NARROW,
    "ask": ASK,
    "postpone": POSTPONE,
    "resume": RESUME,
    "consult": CONSULT,
    "reply": REPLY,
    "conditions": CONDITIONS_ANSWER,
    "question": QUESTION,
    "clarify": CLARIFY,
    "lift": LIFT,
    "let_go": LET_GO,
    "settle_doubt": SETTLE_DOUBT,
    "freeze": FREEZE,
    "unfreeze": UNFREEZE,
    "extend_secrecy": EXTEND_SECRECY,
    "end_secrecy": END_SECRECY,
    "notify": NOTIFY,
    "withhold_notice": WITHHOLD_NOTICE,
    "waive_notice": WAIVE_NOTICE,
    "exculpatory": EXCULPATORY,
    "complaint": COMPLAINT,
    "answer_complaint": ANSWER_COMPLAINT,
    "relay_complaint": RELAY_COMPLAINT,
    "keep_longer": KEEP_LONGER,
    "onward": ONWARD,
    "authorise_onward": AUTHORISE_ONWARD,
    "call_back": CALL_BACK,
    "check_call": CHECK_CALL,
    "admit_emergency": ADMIT_EMERGENCY,
    "follow_up": FOLLOW_UP,
    "review_emergency": REVIEW_EMERGENCY,
}
