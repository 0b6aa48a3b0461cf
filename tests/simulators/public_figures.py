"""What a public site is made of, for invented States: their releases as if a log and its witnesses had held them."""

from comity.base.instants import Instant
from comity.oversight.checks import Fault
from comity.oversight.published import Looked
from comity.oversight.release import as_csv, path_of
from comity.web.public_site.published import Audit, Period, Published
from tests.simulators.figures import STATES, release

XA = STATES[0]
QUARTERS = ("2026-Q4", "2026-Q3")


def published(*names: str, seed: int = 1, faults: tuple[Fault, ...] = (), audits: tuple[Audit, ...] = ()) -> Published:
    """The figures of XA. faults: against each of them."""
    periods = []
    for name in names or QUARTERS:
        found = release(seed, XA, name)
        looked = Looked(found, 7, Instant.parse(found.deadline), None, faults, b"\x02{}")
        files = {path_of(name): found.encode(), path_of(name, "csv"): as_csv(found)}
        periods.append(Period(looked, files, audits))
    return Published("", b"a checkpoint", b"{}", tuple(periods))
