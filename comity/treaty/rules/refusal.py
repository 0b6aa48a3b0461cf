"""Grounds for refusal: what the requested State may still raise, as a note; the treaty's lists are closed.

Source: articles 40(21)-(25), 40(28), 42(6), 36(1)(a). All are optional ('may'); none is applied by software.
"""

from comity.treaty.citation import Citation
from comity.treaty.findings import Effect, Finding, NotMet
from comity.treaty.rules.matter import Item

_TODO = "Before refusing, consult (art. 40(28)); give reasons for any refusal (art. 40(25))."


def check(item: Item) -> Finding:
    sought, kind = item
    title = "What the requested State may still decide"
    if not kind.discloses:
        why = "Refusable only for essential interests, a bar in its own law for a similar offence, or discrimination."
        citation = Citation.of("42(6)", "40(21)(b)", "40(21)(c)", "40(22)")
        return NotMet("refusal.grounds", citation, title, why, _TODO, Effect.NOTE, sought.measure)
    why = (
        "It may refuse for form, essential interests, a bar in its own law, its legal system, discrimination, lack of "
        "dual criminality or data protection; never only for fiscal matters or bank secrecy."
    )
    citation = Citation.of("40(21)", "40(22)", "40(8)", "36(1)(a)", "40(23)", "40(24)")
    return NotMet("refusal.grounds", citation, title, why, _TODO, Effect.NOTE, sought.measure)
