"""Events by which evidence leaves a node that held it, other than to go on: returned, or destroyed.

Source: articles 40(19), 40(20), and the conditions of a grant (art. 40(28)); the rest is policy. Rules: those of
`events`, which lists every kind.
"""

from comity.cases.event import CaseEvent


class EvidenceReturned(CaseEvent, frozen=True, tag="evidence_returned"):
    """The holder signs the package back to whom it came from: the first signature of that hand-over.

    `to`: who is to accept it. Once it has, the copy here is removed.
    """

    package: str
    to: str
    reasons: str
    message: str
    doc_sha256: str


class EvidenceDestroyed(CaseEvent, frozen=True, tag="evidence_destroyed"):
    """A package was destroyed, and why. `size`: its bytes here, sealed; 0 where a peer says so.

    `copies`: what became of opened files and other copies. `held`: by its holder, so that custody of it ends; else only
    what stayed here: the copy that a former holder kept, or what was signed away under an order that was lifted then.
    """

    package: str
    reasons: str
    copies: str
    role: str
    size: int
    held: bool
    message: str = ""
    doc_sha256: str = ""
