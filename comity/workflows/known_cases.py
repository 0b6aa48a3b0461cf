"""Cases of one database as they were last read or changed in this process, so that the next step folds only what came
since.

Every stored event is hashed as ever: a case is taken for those that its head joins, and for no others.
"""

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import ComityError
from comity.base.ids import CaseId
from comity.cases import machine
from comity.cases.case import Case

MOST: Final = 512
"""More than a node has under way at a time in most hours; of a usual size they take a few megabytes."""
LARGEST: Final = 64 * 1024
"""Bytes of events when it is read; a larger case is folded each time."""


class KnownCases:
    """At most `most` of them, those that were folded or went on last; for any number of threads. There is no lock,
    which a step that is interrupted could leave locked: each single change of the table is whole by itself."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._cases: OrderedDict[str, Case] = OrderedDict()
        self._erased: set[str] = set()

    def fold(self, case_id: CaseId, stored: Sequence[tuple[bytes, Digest]]) -> Case:
        """As `machine.fold`."""
        known = self._cases.get(case_id)
        try:
            case = machine.fold(case_id, stored, known)
        except ComityError:
            self._cases.pop(case_id, None)
            raise
        if case is not known:
            self._keep(case, is_new=sum(len(event) for event, _ in stored) <= LARGEST)
        return case

    def went_on(self, case: Case) -> None:
        """A case as it stands after a step. If the step is taken back, the head is not found in what is stored."""
        if case.id in self._cases:
            self._keep(case, is_new=False)

    def forget(self, case_id: str) -> None:
        """A case that was erased. It is not kept again, though a thread may still read it as it was before."""
        self._erased.add(case_id)
        self._cases.pop(case_id, None)

    def _keep(self, case: Case, *, is_new: bool) -> None:
        if self._cases.pop(case.id, None) is not None or is_new:
            self._cases[case.id] = case
        if case.id in self._erased:  # asked once it is in: whoever forgets it from here on finds it
            self._cases.pop(case.id, None)
        if len(self._cases) > self._most:
            with suppress(KeyError):  # another thread took the last
                self._cases.popitem(last=False)
