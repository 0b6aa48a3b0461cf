"""Material that some people hold in confidence for others: sources, clients, patients, voters, members (OV-33)."""

from comity.treaty import screens
from comity.treaty.findings import Finding
from comity.treaty.rules.matter import Matter, shorten
from comity.treaty.rules.screens.answer import answer


def privileged(matter: Matter) -> Finding:
    """Whether the data may hold such material; who filters it first must stand outside the case (6(2), 24(3))."""
    measures = matter.request.measures
    hits = [f"the measure is marked {shorten(kind, 32)}" for sought in measures for kind in sought.privileged]
    statuses = {screens.code(status) for person in matter.request.persons for status in person.status}
    hits += [
        f"a person concerned is marked {status}: {kind.about}"
        for kind in screens.all_screens().privilege
        for status in kind.statuses
        if status in statuses
    ]
    texts = [text for sought in measures for text in (sought.data, sought.procedure, sought.custodian, sought.location)]
    found = matter.reading.privileges(texts)
    hits += [f"the words '{word}' in what is asked, or of whom: {kind.about}" for kind, word in found]
    looked = "what is asked and who holds it, the status of the persons concerned, and the measures' own marks"
    return answer("screens.privileged", hits, looked)
