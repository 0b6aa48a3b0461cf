"""The words for emergencies: what was done, what is held against one. Those for what waits are in `docket`."""

from collections.abc import Mapping
from typing import Final

from comity.base.untranslated import N_
from comity.cases import emergency as of_policy

EVENTS: Final[Mapping[str, str]] = {
    "first_approved": N_("Approved by the first of two people"),
    "emergency_opened": N_("Emergency: nothing is disclosed before a call-back"),
    "emergency_admitted": N_("A person let the emergency go on"),
    "called_back": N_("Called back"),
    "call_back_checked": N_("The call was checked by a second person"),
    "authority_notified": N_("The State's central authority was told"),
    "emergency_followed_up": N_("Confirmed in writing"),
    "emergency_reviewed": N_("Reviewed after the fact"),
}
MESSAGES: Final[Mapping[str, str]] = {
    "emergency.notice": N_("The State's central authority was told"),
    "emergency.follow_up": N_("Confirmed in writing"),
}
RESULTS: Final[Mapping[str, str]] = {
    "confirmed": N_("They confirmed that it is theirs"),
    "denied": N_("They said that it is not theirs"),
    "unreached": N_("Nobody was reached"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "confirmed": N_("Confirmed afterwards"),
    "unconfirmed": N_("Not confirmed"),
    "open": N_("Open"),
}
HELD: Final[Mapping[str, str]] = {
    of_policy.OVER_BUDGET: N_("More emergencies of this authority in a day than policy lets pass"),
    of_policy.PAUSED: N_("Too many emergencies of this authority were not confirmed"),
    of_policy.REUSED_TEXT: N_("Another emergency was justified with the very same words"),
    of_policy.REPLY_ELSEWHERE: N_("It names an address or number that is not the sender's in the directory"),
    of_policy.LOOK_ALIKE: N_("The sender's name looks like another authority's"),
    of_policy.NO_NUMBER: N_("The directory has no number for it: the call-back cannot be made"),
    of_policy.NO_CENTRAL_AUTHORITY: N_("No central authority of that State is listed: tell it by another way"),
    of_policy.APPROVERS_UNLISTED: N_("The approvers' passkeys are not listed: ask for both by name"),
    of_policy.APPROVALS_UNSIGNED: N_("No passkey signed the approvals, as in an exercise: ask for both by name"),
}
"""What is held against an emergency, and what whoever calls should know."""
ABOUT: Final[Mapping[str, str]] = {
    "received": N_("An emergency was asked for in your State's name"),
    "denied": N_("A call-back said that it was not yours"),
    "unconfirmed": N_("Nothing confirmed it afterwards"),
}
REVIEW_DUE: Final[Mapping[str, str]] = {
    "the emergency is confirmed in writing and reviewed, or the data are destroyed": N_(
        "The emergency is confirmed in writing and reviewed, or the data are destroyed"
    ),
}
ALARMS: Final[Mapping[str, str]] = {
    "look-alike": N_("Two nodes of the directories look alike: ask their States before either is believed."),
    "emergency": N_("An emergency waits for a person."),
    "emergency-denied": N_("A call-back did not confirm an emergency. Somebody looks into who asked, and says so."),
    "emergency-review": N_("Emergencies stand unconfirmed past the day of their review."),
    "emergency-notice": N_("Another State has word of an emergency in our State's name. Ask whether it is ours."),
}
