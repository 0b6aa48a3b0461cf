"""Contents that the treaty lists for one measure, asked for another because a State's policy says so.

The treaty lists no contents for finding a suspect, interception, an emergency or police cooperation. Where one of the
two States asks for them by analogy, a gap is a gap and shown as that State's policy; where neither does, it is a note.
"""

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from comity.treaty.declarations import Declarations
from comity.treaty.findings import PROGRAM, Basis, Effect, Finding, NotMet, policy_of
from comity.treaty.rules.matter import Matter
from comity.treaty.terms import Side


def asks(matter: Matter, measure: str) -> Declarations | None:
    """The State whose policy asks for the contents: our own first, else the other; None if neither does."""
    ours, theirs = matter.requesting, matter.requested
    if matter.side is Side.REQUESTED:
        ours, theirs = theirs, ours
    return next((one for one in (ours, theirs) if measure in one.policy.contents_by_analogy), None)


def apply(matter: Matter, measure: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings with the basis they have for this measure; notes where no State's policy asks for them."""
    state = asks(matter, measure)
    basis: Basis = PROGRAM if state is None else policy_of(state.state)
    for finding in findings:
        if state is None and isinstance(finding, NotMet):
            why = f"{finding.why} The treaty lists no contents for this measure, and no policy known here asks for it."
            yield replace(finding, why=why, effect=Effect.NOTE, basis=basis)
        else:
            yield replace(finding, basis=basis)
