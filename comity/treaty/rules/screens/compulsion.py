"""What may not be compelled: employees, intrusion, people abroad, and user data by the police channel.

Sources: 28(4) and OV-23; the closed list of powers, 5(2) and OV-24; 5(2) and OV-22; 47, 41(3) and OV-25. Only what is
asked is looked at, never the facts: an offence may well be about spyware.
"""

from collections.abc import Iterator

from comity.treaty import screens
from comity.treaty.findings import Finding
from comity.treaty.rules.matter import Matter, shorten
from comity.treaty.rules.screens.answer import answer, words

ASKED = "what is asked"
LOOKED = "data, procedure and compelled help of each measure"


def insider(matter: Matter) -> Finding:
    """28(4): necessary information, as is reasonable, from the organisation; never weaker protection or silence."""
    hits = words(matter, "insider", ASKED, *_asked(matter))
    hits += [
        f"somebody is to be made to help: {shorten(sought.compelled_help)}"
        for sought in matter.request.measures
        if sought.compelled_help
    ]
    roles = screens.codes("employee")
    hits += [
        f"a person concerned is there as {role}"
        for role in (screens.code(person.role) for person in matter.request.persons)
        if role in roles
    ]
    return answer("screens.insider", hits, f"{LOOKED}, and the roles of the persons concerned")


def hacking(matter: Matter) -> Finding:
    """5(2), 35(2), 40(3): a closed list in which there is no spyware and no remote intrusion."""
    return answer("screens.hacking", words(matter, "hacking", ASKED, *_asked(matter)), LOOKED)


def sovereignty(matter: Matter) -> Finding:
    """5(2), 44: data in the requested State's territory, by its own orders; nobody abroad is compelled."""
    hits = words(matter, "abroad", ASKED, *_asked(matter), *(sought.location for sought in matter.request.measures))
    hits += [
        f"{sought.measure}: the data or their holder are in {sought.held_in}, not in {matter.requested.state}"
        for sought in matter.request.measures
        if sought.held_in and sought.held_in != matter.requested.state
    ]
    unsaid = "" if any(sought.held_in for sought in matter.request.measures) else ", which is not stated"
    return answer("screens.sovereignty", hits, f"{LOOKED}, and the State where the data are held{unsaid}")


def police_channel(matter: Matter) -> Finding:
    """47, 41(3): advice and coordination; user data need assistance, preservation or an emergency, on the record."""
    hits = list(_user_data_by_police(matter))
    hits += words(matter, "police_channel", ASKED, matter.request.purpose, *_asked(matter))
    looked = "measures of police cooperation and of the point of contact, for user data; and the procedure wished"
    return answer("screens.police_channel", hits, looked)


def _user_data_by_police(matter: Matter) -> Iterator[str]:
    for sought in matter.request.measures:
        if sought.measure not in screens.codes("police_measure"):
            continue
        if sought.categories:
            yield f"{sought.measure} asks for {', '.join(sought.categories)} data"
        yield from words(matter, "user_data", f"what {sought.measure} asks", sought.data, sought.procedure)


def _asked(matter: Matter) -> list[str]:
    measures = matter.request.measures
    return [text for sought in measures for text in (sought.data, sought.procedure, sought.compelled_help)]
