"""Grounds for refusal: what the requested State may still raise, as a note; the treaty's lists are closed.

Source: articles 40(21)-(25), 40(28), 42(6), 43(2), 36(1)(a), 50. All are optional ('may'); none is applied by software.
What is said of a refusal once somebody makes it: `conduct_refusal`.
"""

from collections.abc import Iterator

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, NotMet
from comity.treaty.grounds import GroundKind, provisions
from comity.treaty.measures import Contents, Family
from comity.treaty.rules.matter import Item

_RULE = "refusal.grounds"
_TITLE = "What the requested State may still decide"
_THREE = "essential interests, a bar in its own law for a similar offence, or discrimination"
_TODO = "Before refusing, consult (art. 40(28)); give reasons for any refusal (art. 40(25))."


def check(item: Item) -> Iterator[Finding]:
    """One note a measure; none for what is sent without a request."""
    sought, kind = item
    if kind.contents is Contents.SPONTANEOUS:
        return
    match kind.family:
        case Family.PRESERVATION:
            why = f"Refusable only for {_THREE}."
            citation = Citation.of("42(6)", *provisions(kind.family))
        case Family.PATH:
            why = f"Withheld only for {_THREE}."
            citation = Citation.of("43(2)", *provisions(kind.family))
        case Family.UNLISTED:
            why = "The treaty lists no ground for this measure: the requested State's law and practice decide."
            citation = kind.cited
        case _:
            why = (
                "It may refuse for form, essential interests, a bar in its own law, its legal system, discrimination, "
                "lack of dual criminality, a slight matter or data protection; never only for fiscal matters or bank "
                "secrecy."
            )
            citation = Citation.of(*provisions(kind.family), *provisions(kind.family, GroundKind.FORBIDDEN))
    yield NotMet(_RULE, citation, _TITLE, why, _TODO, Effect.NOTE, sought.measure)
