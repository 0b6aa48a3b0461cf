"""Exercise or live: which of the two a node, a document or a log entry belongs to.

Until the Convention binds two States, a request under it can only be an exercise between them. The two never mix:
a node has one mode, and refuses what bears the other.
"""

from enum import StrEnum


class Mode(StrEnum):
    EXERCISE = "exercise"
    LIVE = "live"

    @property
    def stamp(self) -> str:
        """What every screen and document of this mode shows; empty for live."""
        return "EXERCISE" if self is Mode.EXERCISE else ""
