"""What signals of misuse are called and mean, for the pages: the texts stand with each signal, and are translated."""

from typing import Final

from comity.oversight.signals.every import SIGNALS

TITLES: Final = {one.name: one.title for one in SIGNALS}
MEANINGS: Final = {one.name: one.meaning for one in SIGNALS}
OTHERWISE: Final = {one.name: one.otherwise for one in SIGNALS}
COUNTS: Final = {one.name: one.counts for one in SIGNALS}
EVERY: Final = tuple(text for one in SIGNALS for text in (one.title, one.meaning, *one.otherwise, one.counts))
"""Every text there is, for the translators."""
