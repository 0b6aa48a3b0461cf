"""What a site is made of: the releases that a log lists, checked as anyone can, and the files that prove them.

Nothing is believed of the files but what they show: `Looked.faults` says what is against a release, and the site shows
it. Sizes and numbers are limited before anything is parsed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.digests import Digest
from comity.base.errors import Malformed, NotFound
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.oversight.periods import begins, deadline, ends
from comity.oversight.published import INDEX, Looked, Trust, listed, look
from comity.oversight.release import Release, path_of
from comity.transparency.published import CHECKPOINT, LogSource
from comity.workflows.audit_statistics import attestation_path
from comity.workflows.publish_statistics import PROOF

PERIODS_MOST: Final = 500
"""Months, quarters and years of more than twenty-five years."""
_AUDIT: Final = re.compile(r"stats/\d{4}(-Q[1-4]|-\d{2})?\.audit\.[a-z0-9.-]{1,80}\.jws", re.ASCII)


@dataclass(frozen=True, slots=True)
class Audit:
    """What the log says of an auditor's attestation; `path`: of its file below the log, '' where there is none."""

    auditor: str
    faults: int
    path: str


@dataclass(frozen=True, slots=True)
class Period:
    """A release with all that stands beside it. `files`: path below the log to its bytes, as they are published."""

    looked: Looked
    files: Mapping[str, bytes]
    audits: tuple[Audit, ...]

    @property
    def release(self) -> Release:
        return self.looked.release

    @property
    def name(self) -> str:
        return self.release.period

    @property
    def due(self) -> Instant:
        return deadline(self.name)

    @property
    def is_late(self) -> bool:
        return self.looked.seen is not None and self.looked.seen > self.due


@dataclass(frozen=True, slots=True)
class Published:
    """One node's statistics. `address`: of its log, '' if it was not told; `periods`: the latest first, a year before
    its quarters."""

    address: str
    checkpoint: bytes
    index: bytes
    periods: tuple[Period, ...]

    @property
    def node(self) -> str:
        return self.periods[0].release.node

    @property
    def mode(self) -> Mode:
        return self.periods[0].release.mode

    @property
    def faults(self) -> bool:
        return any(one.looked.faults for one in self.periods)


def gather(
    source: LogSource,
    trust_of: Callable[[Release], Trust],
    address: str = "",
    said: Callable[[str], None] = lambda _: None,
) -> Published:
    """Read and check all that a log lists. said: is told each period before it is looked at.

    Raises NotFound where there are no statistics, Malformed where they are not one node's, Unavailable.
    """
    names = list(dict.fromkeys(one.period for one in listed(source)))
    if not names:
        raise NotFound("no statistics are published there yet", hint="comity statistics publish makes the first")
    if len(names) > PERIODS_MOST:
        raise Malformed(f"{len(names)} periods are listed", where=INDEX, hint=f"at most {PERIODS_MOST} are read")
    periods = []
    for name in sorted(names, key=_order, reverse=True):
        said(name)
        periods.append(_period(source, look(source, name, trust_of)))
    found = Published(address, source.read(CHECKPOINT) or b"", source.read(INDEX) or b"", tuple(periods))
    for one in found.periods:
        if (one.release.node, one.release.mode, one.release.origin) != (
            found.node,
            found.mode,
            found.periods[0].release.origin,
        ):
            raise Malformed("the statistics are not of one node", where=one.name, hint="its operator mixed files")
    return found


def _order(period: str) -> tuple[int, int]:
    """By their end; of two that end together, the shorter first."""
    return ends(period).seconds, begins(period).seconds * -1


def _period(source: LogSource, looked: Looked) -> Period:
    release = looked.release
    audits = tuple(_audits(source, looked.audits, release))
    paths = [path_of(release.period, ending) for ending in ("json", "csv", PROOF)]
    read = {path: source.read(path) for path in (*paths, *(one.path for one in audits if one.path))}
    return Period(looked, {path: data for path, data in read.items() if data is not None}, audits)


def _audits(source: LogSource, stated: Sequence[Mapping[str, object]], release: Release) -> Iterator[Audit]:
    """The latest word of each auditor on this very release; its file only if it is the one that the log names."""
    latest = {str(one.get("auditor")): one for one in stated if one.get("statistics") == release.sha256}
    for auditor, one in sorted(latest.items()):
        path, faults = attestation_path(release.period, auditor), one.get("faults")
        data = source.read(path) if _AUDIT.fullmatch(path) else None
        is_there = data is not None and str(Digest.of(data)) == one.get("sha256")
        yield Audit(auditor, faults if isinstance(faults, int) else 0, path if is_there else "")
