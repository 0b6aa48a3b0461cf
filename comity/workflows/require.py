"""What many workflows ask of a person's words and of where this node stands in a case."""

from comity.base.errors import Malformed, OutOfOrder
from comity.cases.case import Case, Position
from comity.evidence.words import REASON_MOST


def require_text(text: str, field: str, *, why: str) -> str:
    """The text without space around it. Raises Malformed, naming the field, where there is none."""
    found = text.strip()
    if not found:
        raise Malformed(f"{field.replace('_', ' ')} must be given", where=field, hint=why)
    return found


def require_reasons(reasons: str) -> str:
    return require_text(reasons, "reasons", why="say why, in a sentence")


def check_reason(text: str, field: str, *, beside: int = 0) -> None:
    """Raise Malformed, naming the field, where it is longer than the reason of an act of custody: asked before anything
    is sealed, read or signed. beside: how many characters stand in that reason before or after it."""
    text_most = REASON_MOST - beside
    if len(text) > text_most:
        raise Malformed("the text is too long", where=field, hint=f"at most {text_most} characters")


def require_position(case: Case, *positions: Position) -> Case:
    """Raises OutOfOrder where this is another side's to do."""
    if case.position not in positions:
        sides = " or ".join(positions)
        raise OutOfOrder(f"only the {sides} side does this", hint=f"in this case we are the {case.position} side")
    return case
