"""Whom a check of published statistics believes: keys that were given, or those that the files name themselves."""

from collections.abc import Sequence
from pathlib import Path

from comity.base.errors import NotFound
from comity.cli.trusting import Trusting
from comity.oversight.published import Trust, as_named
from comity.oversight.release import Release
from comity.transparency.note import parse_vkey


class Trusted:
    """By --vkey or a policy; else the keys that the files name themselves."""

    def __init__(
        self, vkeys: Sequence[str], policy: Path | None, witness: list[str] | None, at_least: int | None
    ) -> None:
        self.is_told = bool(vkeys) or policy is not None
        self._of = {parse_vkey(one).name: Trusting(one, None, witness, at_least) for one in vkeys}
        self._else = Trusting("", policy, None, None) if policy else None

    def of(self, release: Release) -> Trust:
        if not self.is_told:
            return as_named(release)
        found = self._of.get(release.origin, self._else)
        if found is None:
            raise NotFound("no key was given for this log", where=release.origin, hint="--vkey KEY, or in the policy")
        return Trust(found.keys(release.origin), found.quorum)
