"""Every case as it stands, for lists: folded once, and again only where the log shows that something happened to it.

Each event has its log entry, written with it, so the log's growth names the cases that changed. Where the log is
shorter than before, another database stands in its place: everything is folded anew.
"""

import threading
from dataclasses import dataclass, field
from datetime import date

from comity.base.digests import Digest
from comity.cases.case import Case
from comity.cases.machine import procedure_of
from comity.treaty.assess import Assessment
from comity.workflows import read_cases
from comity.workflows.office import Office


@dataclass(slots=True)
class CaseIndex:
    """The cases of one node. `size`: how much of the log has been looked at."""

    office: Office
    size: int = 0
    _cases: dict[str, Case] = field(default_factory=dict)
    _found: dict[str, tuple[Digest, date, Assessment | None]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def all(self) -> tuple[Case, ...]:
        """Every case, oldest first."""
        with self._lock:
            size, changed = read_cases.changed_since(self.office, self.size)
            if size < self.size:
                self._cases.clear()
                size, changed = read_cases.changed_since(self.office, 0)
            self._cases.update({one.id: one for one in changed})
            self.size = size
            return tuple(self._cases[key] for key in sorted(self._cases))

    def findings(self, case: Case, today: date) -> Assessment | None:
        """What the rules say of a case that goes on, kept for its state and the day: it changes with nothing else."""
        if case.state in procedure_of(case.procedure).ends:
            return None
        kept = self._found.get(case.id)
        if kept is None or kept[:2] != (case.head, today):
            kept = self._found[case.id] = (case.head, today, read_cases.findings_of(self.office, case))
        return kept[2]
