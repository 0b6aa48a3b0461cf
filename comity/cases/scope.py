"""A grant in part: what remains of the measures asked for, and that it is never more than was asked.

Source: articles 40(25) and 40(28); an order to a provider carries what was granted and no more.
"""

from collections.abc import Sequence

from comity.base.errors import Malformed
from comity.treaty.request import Request, Sought


def check_within(request: Request, scope: Sequence[Sought]) -> None:
    """Raise Malformed where a scope names a measure twice, or reaches beyond the request: another measure, category or
    identifier, or a longer period. The words that describe the data are a person's own, and read by people.
    """
    asked = {one.measure: one for one in request.measures}
    if len({one.measure for one in scope}) != len(scope):
        raise Malformed("the scope names a measure twice", where="scope", hint="one entry for each measure")
    for one in scope:
        before = asked.get(one.measure)
        if before is None:
            raise _beyond("a measure that was not asked for")
        if not one.data.strip():
            raise Malformed("the scope does not say which data", where="scope", hint="say exactly what is granted")
        _check_one(before, one)


def _check_one(asked: Sought, granted: Sought) -> None:
    if not set(granted.identifiers) <= set(asked.identifiers) or (asked.identifiers and not granted.identifiers):
        raise _beyond("an account, address or number that was not asked for, or all of them")
    if not set(granted.categories) <= set(asked.categories) or (asked.categories and not granted.categories):
        raise _beyond("a category of data that was not asked for, or all of them")
    if asked.period_from is not None and (granted.period_from is None or granted.period_from < asked.period_from):
        raise _beyond("data from before the period asked for")
    if asked.period_to is not None and (granted.period_to is None or granted.period_to > asked.period_to):
        raise _beyond("data from after the period asked for")
    if _is_empty(granted):
        raise Malformed("the period granted ends before it begins", where="scope", hint="mend the two days")


def _is_empty(one: Sought) -> bool:
    return one.period_from is not None and one.period_to is not None and one.period_to < one.period_from


def _beyond(what: str) -> Malformed:
    return Malformed(f"the scope names {what}", where="scope", hint="a grant in part is never more than the request")


def narrows(request: Request, scope: Sequence[Sought]) -> bool:
    """Whether a scope leaves anything out of what was asked for."""
    return bool(scope) and tuple(scope) != request.measures
