"""What many workflows ask of a person's words and of where this node stands in a case."""

from comity.base.errors import Malformed, OutOfOrder
from comity.cases.case import Case, Position


def require_text(text: str, field: str, *, why: str) -> str:
    """The text without space around it. Raises Malformed, naming the field, where there is none."""
    found = text.strip()
    if not found:
        raise Malformed(f"{field.replace('_', ' ')} must be given", where=field, hint=why)
    return found


def require_reasons(reasons: str) -> str:
    return require_text(reasons, "reasons", why="say why, in a sentence")


def require_position(case: Case, *positions: Position) -> Case:
    """Raises OutOfOrder where this is another side's to do."""
    if case.position not in positions:
        sides = " or ".join(positions)
        raise OutOfOrder(f"only the {sides} side does this", hint=f"in this case we are the {case.position} side")
    return case
