"""What the rules look at: one request between two States on a day, from one side."""

from dataclasses import dataclass, field
from datetime import date

from comity.base.mode import Mode
from comity.treaty.citation import Citation
from comity.treaty.declarations import Declarations
from comity.treaty.findings import TREATY, Basis, Effect, Finding, Met, NeedsDecision, NotMet
from comity.treaty.measures import Measure
from comity.treaty.offences import PARTICIPATION, ConventionOffence, convention_offence
from comity.treaty.participation import Register
from comity.treaty.reading import Reading
from comity.treaty.request import Offence, Request, Sought
from comity.treaty.terms import Role, Side


@dataclass(frozen=True, slots=True)
class Matter:
    """A request, the two States' declarations, the record of participation, the day, our side and our mode."""

    request: Request
    requesting: Declarations
    requested: Declarations
    register: Register
    on: date
    side: Side
    mode: Mode
    reading: Reading = field(default_factory=Reading)
    offence: ConventionOffence | None = field(init=False)
    """The offence of the Convention the request is about: the principal one where it names participation."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "offence", _offence(self.request.offence))

    @property
    def start(self) -> date:
        """The day the request is made on: as it says, or else the day of the assessment."""
        return self.request.made_on or self.on

    @property
    def missing(self) -> Effect:
        """What a missing content means: we do not send without it; but as the requested State we ask for it, since it
        is no ground to refuse preservation (article 42(6)) and consultation comes first otherwise (40(16), 40(28))."""
        return Effect.STOP if self.side is Side.REQUESTING else Effect.ASK

    def stated(self, rule: str, provision: str, lacking: dict[str, str], measure: str, shown: str) -> Finding:
        """A condition on contents. `lacking`: what is not stated, and what to write for it; `shown`: what is stated."""
        citation = Citation.of(provision)
        title = citation.titles[0]
        if not lacking:
            return Met(rule, citation, title, f"Stated: {shown}", measure)
        why = f"The request does not state {' or '.join(lacking)}."
        return NotMet(rule, citation, title, why, " ".join(lacking.values()), self.missing, measure)

    def theirs(
        self, rule: str, citation: Citation, title: str, *, why: str, todo: str, measure: str, basis: Basis = TREATY
    ) -> Finding:
        """What the requested State's central authority must decide: a decision there, a note on the requesting side."""
        if self.side is Side.REQUESTED:
            return NeedsDecision(rule, citation, title, why, todo, Role.REQUESTED_AUTHORITY, measure, basis)
        told = f"The central authority of {self.requested.state} decides this, not the requesting State: {todo}"
        return NotMet(rule, citation, title, why, told, Effect.NOTE, measure, basis)


def _offence(stated: Offence) -> ConventionOffence | None:
    named = convention_offence(stated.article)
    if named is not None and named.article == PARTICIPATION:
        principal = convention_offence(stated.principal)
        return principal if principal is not None and principal.article != PARTICIPATION else None
    return named


def shorten(text: str, most: int = 96) -> str:
    """`text` on one line, cut with an ellipsis if it is long."""
    looked_at = 2 * most  # letters; more only where many of them are space
    line = " ".join(text[:looked_at].split())
    if len(line) <= most and len(text) > looked_at:
        line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


Item = tuple[Sought, Measure]
"""A measure as sought, beside its entry in measures.toml."""
