"""What codes are called on a screen. English here; each text goes through gettext where it is shown.

The words are the treaty's. A code without a word here is shown as it is, which a test does not let happen for the codes
that there are.
"""

# ruff: noqa: PLC0414 - N_ is passed on: whoever has words marks them

from collections.abc import Mapping
from typing import Final

from comity.base.untranslated import N_ as N_
from comity.docket.words import ELSEWHERE as ELSEWHERE
from comity.docket.words import STEPS as STEPS
from comity.docket.words import WAITING as WAITING
from comity.web import emergency_words
from comity.web.directory_words import DIRECTORY_CHANGES as DIRECTORY_CHANGES
from comity.web.ground_words import GROUNDS as GROUNDS

PROCEDURES: Final[Mapping[str, str]] = {
    "preservation": N_("Preservation"),
    "stored_data": N_("Production"),
}
LONG_PROCEDURES: Final[Mapping[str, str]] = {
    "preservation": N_("Expedited preservation of stored data"),
    "stored_data": N_("Production of stored data"),
}
POSITIONS: Final[Mapping[str, str]] = {
    "requesting": N_("We asked"),
    "requested": N_("We are asked"),
    "provider": N_("We are ordered"),
}
STATES: Final[Mapping[str, str]] = {
    "draft": N_("Draft"),
    "approved": N_("Approved"),
    "requested": N_("Requested"),
    "information asked": N_("Information asked"),
    "postponed": N_("Postponed"),
    "granted": N_("Granted"),
    "ordered": N_("Ordered"),
    "objected": N_("Objected"),
    "preserved": N_("Preserved"),
    "held pending decision": N_("Held pending decision"),
    "sealed": N_("Sealed"),
    "evidence arrived": N_("Evidence arrived"),
    "evidence accepted": N_("Evidence accepted"),
    "evidence released": N_("Evidence released"),
    "produced": N_("Produced"),
    "refused": N_("Refused"),
    "withdrawn": N_("Withdrawn"),
    "withdrawn with evidence arrived": N_("Withdrawn, and evidence arrived"),
    "withdrawn with evidence held": N_("Withdrawn, and evidence is held"),
    "lapsed": N_("Lapsed"),
    "order lifted": N_("Order lifted"),
    "copies released": N_("Copies released"),
    "evidence being returned": N_("Evidence being returned"),
    "evidence coming back": N_("Evidence coming back"),
    "evidence back": N_("Evidence is back"),
    "evidence returned": N_("Evidence returned"),
    "evidence destroyed": N_("Evidence destroyed"),
}
TONES: Final[Mapping[str, str]] = {
    "draft": "quiet",
    "approved": "quiet",
    "requested": "open",
    "information asked": "warn",
    "granted": "good",
    "ordered": "open",
    "objected": "warn",
    "preserved": "good",
    "held pending decision": "good",
    "sealed": "open",
    "evidence arrived": "open",
    "evidence accepted": "good",
    "evidence released": "open",
    "produced": "good",
    "refused": "stop",
    "withdrawn": "quiet",
    "withdrawn with evidence arrived": "warn",
    "withdrawn with evidence held": "warn",
    "lapsed": "quiet",
    "postponed": "warn",
    "order lifted": "open",
    "copies released": "quiet",
    "evidence being returned": "open",
    "evidence coming back": "open",
    "evidence back": "open",
    "evidence returned": "quiet",
    "evidence destroyed": "quiet",
}
"""The colour of a state's tag, which says nothing that its word does not."""
ROLES: Final[Mapping[str, str]] = {
    "duty_officer": N_("duty officer"),
    "case_lawyer": N_("case lawyer"),
    "reviewer": N_("reviewer"),
    "investigator": N_("investigator"),
    "legal_team": N_("legal team"),
    "oversight": N_("oversight"),
    "operator": N_("operator"),
    "requested_authority": N_("the requested State's authority"),
}
NODE_ROLES: Final[Mapping[str, str]] = {
    "authority": N_("Authority"),
    "provider": N_("Service provider"),
    "witness": N_("Witness"),
}
VERDICTS: Final[Mapping[str, str]] = {
    "stop": N_("Stop"),
    "decide": N_("Decide"),
    "ask": N_("Ask"),
    "note": N_("Note"),
    "met": N_("Met"),
}
VERDICT_MEANINGS: Final[Mapping[str, str]] = {
    "stop": N_("It cannot be sent or carried out like this."),
    "decide": N_("A person decides, with reasons."),
    "ask": N_("The requesting State is asked for it. That is no refusal."),
    "note": N_("Nothing is barred; somebody should know."),
    "met": N_("The condition holds."),
}
EVENTS: Final[Mapping[str, str]] = {
    "drafted": N_("Drafted"),
    "mended": N_("Draft mended"),
    "approved": N_("Approved by a second person"),
    "sent": N_("Signed, sealed and queued"),
    "received": N_("Request received"),
    "order_received": N_("Order received"),
    "receipted": N_("Receipt from the peer"),
    "information_asked": N_("More information asked for"),
    "information_given": N_("Information supplied"),
    "decided": N_("Decided by a person"),
    "granted": N_("Granted"),
    "refused": N_("Refused"),
    "order_issued": N_("Provider ordered"),
    "objected": N_("Objection"),
    "preserved": N_("Preservation confirmed"),
    "answered": N_("The requesting side was told"),
    "assistance_arrived": N_("The request for assistance came: preservation is held"),
    "evidence_sealed": N_("Evidence sealed"),
    "evidence_released": N_("Evidence released"),
    "evidence_arrived": N_("Evidence arrived"),
    "evidence_accepted": N_("Evidence accepted"),
    "evidence_examined": N_("Evidence opened"),
    "evidence_reissued": N_("More readers let in"),
    "withdrawn": N_("Withdrawn"),
    "lapsed": N_("Lapsed"),
    "consultation_opened": N_("Consultation opened"),
    "consultation_answered": N_("Consultation answered"),
    "conditions_accepted": N_("Conditions accepted"),
    "conditions_declined": N_("Conditions declined"),
    "postponed": N_("Postponed"),
    "resumed": N_("Taken up again"),
    "clarification_asked": N_("The provider asked what the order means"),
    "clarification_given": N_("The provider was answered"),
    "doubted": N_("In doubt"),
    "doubt_settled": N_("A doubt was settled"),
    "frozen": N_("Frozen by oversight"),
    "unfrozen": N_("Let go on by oversight"),
    "secrecy_extended": N_("Secrecy extended"),
    "secrecy_ended": N_("Secrecy ended"),
    "notice_given": N_("Notice given"),
    "notice_withheld": N_("Proposed that no notice is given"),
    "notice_waived": N_("Oversight agreed that no notice is given"),
    "order_lifted": N_("Order lifted"),
    "copies_released": N_("Copies let go"),
    "evidence_returned": N_("Evidence given back"),
    "evidence_destroyed": N_("Evidence destroyed"),
    "secrecy_lapsed": N_("Secrecy ended by itself, on its day"),
    "exculpatory_found": N_("Something speaks for an accused; its sender was told"),
    "complaint_recorded": N_("Complaint recorded"),
    "complaint_forwarded": N_("Complaint, or its answer, passed on"),
    "complaint_answered": N_("Complaint answered"),
    "disclosed_to_court": N_("Papers of the case given on a court's order"),
    "retention_extended": N_("Kept longer"),
    "onward_asked": N_("Asked whether it may go to a third State"),
    "onward_decided": N_("Answered whether it may go to a third State"),
    "evidence_passed_on": N_("A package for a third State was made"),
    **emergency_words.EVENTS,
}
MESSAGES: Final[Mapping[str, str]] = {
    "request.preserve": N_("Expedited preservation"),
    "request.produce": N_("Request for production"),
    "ask": N_("More information asked for"),
    "preserved": N_("Preservation confirmed"),
    "grant": N_("Granted"),
    "refusal": N_("Refused"),
    "order.preserve": N_("Order to preserve"),
    "order.produce": N_("Order to produce"),
    "objection": N_("Objection"),
    "evidence.release": N_("Evidence released"),
    "evidence.accept": N_("Evidence accepted"),
    "evidence.return": N_("Evidence given back"),
    "evidence.destroy": N_("Evidence destroyed"),
    "withdraw": N_("Withdrawn"),
    "consultation": N_("Consultation opened"),
    "consultation.reply": N_("Consultation answered"),
    "conditions": N_("Answer the conditions"),
    "postponement": N_("Postponed"),
    "resumption": N_("Taken up again"),
    "order.question": N_("The provider asked what the order means"),
    "order.reply": N_("The provider was answered"),
    "order.lift": N_("Order lifted"),
    "order.let_go": N_("Copies let go"),
    "secrecy": N_("Secrecy"),
    "exculpatory": N_("Say what speaks for an accused"),
    "complaint": N_("Complaint"),
    "complaint.answer": N_("Complaint answered"),
    "onward.ask": N_("Asked whether it may go to a third State"),
    "onward.answer": N_("Answered whether it may go to a third State"),
    **emergency_words.MESSAGES,
}
"""What a message says, by its kind; as what was done, which it tells the other side."""
ABOUT: Final[Mapping[str, str]] = {
    "refusal": N_("Help that would be refused"),
    "postponement": N_("Help that would be postponed"),
    "conditions": N_("Conditions of help"),
    "costs": N_("Costs that are not ordinary (art. 40(30))"),
}
NOBODY: Final[Mapping[str, str]] = {
    "automatic": N_("the node, by itself"),
    "terminal": N_("somebody at the terminal"),
    "founder": N_("whoever made the node"),
}
"""By whom something was done, where no person of the node is named."""
FROZEN: Final = N_("Frozen by oversight: nothing of it goes further")
ACTS: Final[Mapping[str, str]] = {
    "begin": N_("Custody begins"),
    "release": N_("Released"),
    "accept": N_("Accepted"),
    "examine": N_("Opened"),
    "return": N_("Given back"),
    "reissue": N_("Another package was made of it"),
    "destroy": N_("Destroyed"),
}
DUES: Final[Mapping[str, str]] = {
    "preservation ends": N_("Preservation ends"),
    "ask for an extension, or send the request for assistance": N_(
        "Ask for an extension, or send the request for assistance"
    ),
    "confidentiality ends: a notice falls due": N_("Confidentiality ends: a notice falls due"),
    "confidentiality of the order ends": N_("Confidentiality of the order ends"),
    **emergency_words.REVIEW_DUE,
    "a notice is given to the person concerned": N_("The person concerned is to be told"),
    "a complaint is answered": N_("A complaint is to be answered here"),
    "who has the data answers a complaint": N_("Whoever has the data is to answer a complaint"),
    "the postponement is looked at again": N_("The postponement is looked at again"),
}
BASES: Final[Mapping[str, str]] = {
    "treaty": N_("treaty"),
    "the request": N_("the request"),
    "the order": N_("the order"),
    "the decision": N_("the decision"),
    "policy": N_("policy"),
    "declaration": N_("declaration"),
    "program": N_("a limit of this version"),
}
CATEGORIES: Final[Mapping[str, str]] = {
    "subscriber": N_("Subscriber information"),
    "traffic": N_("Traffic data"),
    "content": N_("Content data"),
}
CATEGORY_HINTS: Final[Mapping[str, str]] = {
    "subscriber": N_("Who holds the account or service, and how it is paid for (art. 2(f))"),
    "traffic": N_("Origin, destination, route, time, size; access logs too (art. 2(c))"),
    "content": N_("The substance of what was said, sent or stored (art. 2(d))"),
}
STAGES: Final[Mapping[str, str]] = {
    "investigation": N_("Investigation"),
    "prosecution": N_("Prosecution"),
    "proceeding": N_("Judicial proceeding"),
}
MEASURES: Final[Mapping[str, str]] = {
    "expedited_preservation": N_("Expedited preservation"),
    "subscriber_information": N_("Subscriber information"),
    "production_of_stored_data": N_("Production of stored data"),
}
A_DAY: Final = N_("Write the day as year, month and day: 2026-11-22")
"""Said where a day cannot be read."""
KINDS: Final[Mapping[str, str]] = {
    "url": N_("web address"),
    "email": N_("e-mail address"),
    "address": N_("IP address"),
    "domain": N_("domain"),
    "phone": N_("telephone number"),
    "moment": N_("date"),
    "time": N_("time"),
}
CONSENTS: Final[Mapping[str, str]] = {
    "ratification": N_("Ratification"),
    "acceptance": N_("Acceptance"),
    "approval": N_("Approval"),
    "accession": N_("Accession"),
    "unconfirmed": N_("Reported, not confirmed"),
}


OFFENCE_LISTED: Final = N_("{offence} (art. {article})")
ARTICLE_LISTED: Final = N_("art. {article}")
"""How an offence stands in a list of choices, and an article beside one; the form joins them."""
