"""A rule book: one instrument as data and rules, on the same machinery as every other.

The Convention is the first (`assess.CONVENTION`), the Budapest Convention the second (`budapest.book`). A new
instrument is a folder with articles.toml, periods.toml and measures.toml, a record of who is bound, and a function from
a matter to its findings in the order a lawyer reads.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from comity.base.ids import StateCode
from comity.treaty.acts import Act
from comity.treaty.citation import Citation, Provision, catalogue
from comity.treaty.findings import PROGRAM, Effect, Finding, NotMet
from comity.treaty.measures import Measure, all_measures
from comity.treaty.periods import Figure, figures
from comity.treaty.rules.circumstances import Circumstances
from comity.treaty.rules.matter import Matter
from comity.treaty.standing import LegalBasis, Record


@dataclass(frozen=True, slots=True)
class RuleBook:
    """One instrument.

    instrument: its folder and its key in citations, '' for the Convention. name: as people name it in a word; title: in
    full. findings: what its rules answer on a matter. record: who is bound by it, as packaged. carried: whether comity
    has rules for requests under it. on_act: what they answer on an act (`conduct`); None: as the Convention's do.
    """

    instrument: str
    name: str
    title: str
    findings: Callable[[Matter], Iterator[Finding]]
    record: Callable[[], Record]
    carried: bool = True
    on_act: Callable[[Act, Circumstances], Iterator[Finding]] | None = None

    @property
    def catalogue(self) -> Mapping[str, Provision]:
        """The provisions that may be cited."""
        return catalogue(self.instrument)

    @property
    def figures(self) -> tuple[Figure, ...]:
        return figures(self.instrument)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The closed list of what can be asked for."""
        return all_measures(self.instrument)

    def measure(self, name: str) -> Measure | None:
        return next((one for one in self.measures if one.name == name), None)

    def cite(self, *provisions: str) -> Citation:
        """Raises Malformed for a provision that its catalogue lacks."""
        return Citation.of(*provisions, instrument=self.instrument)

    def binding(self, a: StateCode, b: StateCode, on: date, record: Record | None = None) -> LegalBasis:
        """Whether it is open as the legal basis between two States on a day, by its packaged record or another."""
        return (record or self.record()).legal_basis(a, b, on)


def no_rules(named: str, about: str, citation: Citation) -> Finding:
    """What is answered to a request under an instrument that comity has no rules for."""
    why = f"The request is made under '{named}'. {about}"
    todo = "Name another instrument that stands between the two States, or send it by the usual channel."
    return NotMet(
        "basis.instrument", citation, "An instrument comity has rules for", why, todo, Effect.STOP, "", PROGRAM
    )
