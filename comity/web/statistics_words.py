"""What the figures count, in words: every dimension and class, for the node's page and for the public site alike.

Keys are those of `oversight.classes`; a test walks all of them. What a class means stands beside its name in MEANINGS.
"""

from collections.abc import Mapping
from typing import Final

from comity.base.untranslated import N_

DIMENSIONS: Final[Mapping[str, str]] = {
    "measure": N_("Requests, by the measure asked for"),
    "offence": N_("Requests, by offence"),
    "basis": N_("Requests, by legal basis"),
    "emergency": N_("Requests, by whether they claim an emergency"),
    "secrecy": N_("Requests, by how long secrecy was asked for"),
    "outcome": N_("Decisions, by outcome"),
    "delay": N_("Decisions, by how long they took"),
    "ground": N_("Refusals, by ground"),
    "dual": N_("Decisions, by how dual criminality was dealt with"),
    "notified": N_("Notices to the person concerned"),
    "review": N_("Emergencies, as reviewed afterwards"),
}
TITLES: Final[Mapping[str, str]] = {
    "peer": N_("Requests, by authority"),
    "periods": N_("Requests, by period"),
    **DIMENSIONS,
}
MEANINGS: Final[Mapping[str, str]] = {
    "peer": N_("Which authority the requests were sent to, or came from."),
    "periods": N_("How many requests each period counts, as far as they are shown."),
    "measure": N_(
        "What was asked for. A request for several measures counts once, under the one that reaches deepest."
    ),
    "offence": N_(
        "The offence that is investigated. Articles 7 to 17 are of the Convention; the rest stands in classes."
    ),
    "basis": N_("The treaty or rule on which the request rests."),
    "emergency": N_("Whether the request says that somebody's life or safety is at risk and cannot wait."),
    "secrecy": N_("For how long the person concerned was not to be told, counted in days from the request."),
    "outcome": N_("What was decided on a request."),
    "delay": N_("From the request, as it was last mended, to the decision on it."),
    "ground": N_("The paragraph of the Convention on which a refusal rests."),
    "dual": N_("Whether the conduct is an offence in both States, where that matters. Only who decided counts this."),
    "notified": N_(
        "Notices that fell due when secrecy ended, that were given, and that were skipped with oversight's consent."
    ),
    "review": N_("Whether the emergency that was claimed was confirmed when it was looked at afterwards."),
}
DIRECTIONS: Final[Mapping[str, str]] = {
    "sent": N_("Requests this authority sent"),
    "received": N_("Requests this authority received"),
}
BASES: Final[Mapping[str, str]] = {
    "requests": N_("A request is sent, or comes. It counts once, as it first stands."),
    "decisions": N_("A request is granted, granted in part, refused or postponed, or data are preserved."),
    "refusals": N_("A decision refuses the request."),
    "notices": N_("A notice to the person concerned falls due, is given, or is skipped."),
    "emergencies": N_("An emergency is looked at after the fact."),
}
_MEASURES: Final[Mapping[str, str]] = {
    "point_of_contact_advice": N_("Advice through the point of contact"),
    "locate_data_or_provider": N_("Where the data are, and with whom"),
    "locate_suspect": N_("Where a suspect is"),
    "emergency_data": N_("Data to avert a danger"),
    "expedited_preservation": N_("Expedited preservation"),
    "disclosure_of_preserved_traffic_data": N_("Partial disclosure of preserved traffic data"),
    "subscriber_information": N_("Subscriber information"),
    "production_of_stored_data": N_("Production of stored data"),
    "search_seizure_of_stored_data": N_("Search and seizure of stored data"),
    "real_time_traffic_data": N_("Traffic data as they flow"),
    "interception_of_content": N_("Interception of content"),
    "witness_evidence_or_statement": N_("A witness's evidence or statement"),
    "video_hearing": N_("Hearing by video"),
    "service_of_documents": N_("Service of documents"),
    "search_seizure_freezing_physical": N_("Search, seizure or freezing of things"),
    "examination_of_objects_or_sites": N_("Examination of objects or sites"),
    "records_and_expert_evaluations": N_("Records and expert evaluations"),
    "trace_proceeds": N_("Tracing of proceeds"),
    "freeze_or_confiscate": N_("Freezing or confiscation"),
    "return_of_assets": N_("Return of assets"),
    "transfer_of_detained_person": N_("Transfer of a detained person, to give evidence"),
    "spontaneous_information": N_("Information given unasked"),
    "extradition": N_("Extradition"),
    "provisional_arrest": N_("Provisional arrest"),
    "transfer_of_sentenced_person": N_("Transfer of a sentenced person"),
    "transfer_of_proceedings": N_("Transfer of criminal proceedings"),
    "police_cooperation": N_("Cooperation of police"),
    "joint_investigation": N_("Joint investigation"),
    "other": N_("Any other measure"),
}
_OFFENCES: Final[Mapping[str, str]] = {
    "art-7": N_("Illegal access (art. 7)"),
    "art-8": N_("Illegal interception (art. 8)"),
    "art-9": N_("Interference with electronic data (art. 9)"),
    "art-10": N_("Interference with an ICT system (art. 10)"),
    "art-11": N_("Misuse of devices (art. 11)"),
    "art-12": N_("ICT forgery (art. 12)"),
    "art-13": N_("ICT theft or fraud (art. 13)"),
    "art-14": N_("Child sexual abuse material (art. 14)"),
    "art-15": N_("Grooming (art. 15)"),
    "art-16": N_("Intimate images without consent (art. 16)"),
    "art-17": N_("Laundering of proceeds (art. 17)"),
    "serious-crime": N_("Another serious crime (art. 2(h))"),
    "serious-crime-expression": N_("A serious crime that turns on expression (art. 2(h))"),
    "other": N_("Any other offence"),
}
_GROUNDS: Final[Mapping[str, str]] = {
    "40-21-a": N_("Not made as article 40 asks (art. 40(21)(a))"),
    "40-21-b": N_("Sovereignty, security, public order, other essential interests (art. 40(21)(b))"),
    "40-21-c": N_("Own law would bar it at home (art. 40(21)(c))"),
    "40-21-d": N_("Contrary to own legal system (art. 40(21)(d))"),
    "40-22": N_("Discrimination, or a person's opinions (art. 40(22))"),
    "40-8": N_("No offence in both States, or a slight matter (art. 40(8))"),
    "36-1-a": N_("Protection of personal data (art. 36(1)(a))"),
    "50": N_("No offence of the Convention (art. 50)"),
    "50-7": N_("Evidence late or not enough, for confiscation (art. 50(7))"),
    "42-5": N_("No offence in both States, for preservation (art. 42(5))"),
    "other": N_("Any other ground"),
}
CLASSES: Final[Mapping[str, Mapping[str, str]]] = {
    "measure": _MEASURES,
    "offence": _OFFENCES,
    "basis": {
        "convention": N_("The Convention against Cybercrime"),
        "budapest": N_("The Budapest Convention"),
        "other": N_("Any other basis"),
    },
    "emergency": {"none": N_("No emergency claimed"), "open": N_("An emergency claimed")},
    "secrecy": {
        "no-secrecy": N_("No secrecy"),
        "up-to-30-days": N_("Up to 30 days"),
        "up-to-60-days": N_("31 to 60 days"),
        "up-to-90-days": N_("61 to 90 days"),
        "over-90-days": N_("More than 90 days"),
    },
    "outcome": {
        "granted": N_("Granted"),
        "granted-in-part": N_("Granted in part"),
        "refused": N_("Refused"),
        "preserved": N_("Preserved"),
        "postponed": N_("Postponed"),
    },
    "delay": {
        "within-24h": N_("Up to 24 hours"),
        "within-3-days": N_("1 to 3 days"),
        "within-7-days": N_("3 to 7 days"),
        "within-30-days": N_("7 to 30 days"),
        "within-90-days": N_("30 to 90 days"),
        "within-180-days": N_("90 to 180 days"),
        "over-180-days": N_("Over 180 days"),
    },
    "ground": _GROUNDS,
    "dual": {
        "not-needed": N_("Not needed for this measure"),
        "met": N_("Met: an offence in both States"),
        "by-decision": N_("Let go on by a person's decision"),
        "not-met": N_("Not met: refused for that"),
        "not-reached": N_("Not reached: decided for another reason"),
        "other": N_("Any other way"),
    },
    "notified": {
        "not-yet": N_("Secrecy ended: a notice fell due"),
        "yes": N_("The notice was given"),
        "skipped": N_("No notice, with oversight's consent"),
    },
    "review": {"confirmed": N_("Confirmed"), "unconfirmed": N_("Not confirmed")},
}


def class_word(by: str, name: str) -> str:
    """English, to be said in the page's language; a class that has no word, as an authority's id, is itself."""
    return CLASSES.get(by, {}).get(name, name)
