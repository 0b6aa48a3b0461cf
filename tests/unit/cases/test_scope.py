"""A grant in part is never more than the request, whatever it names."""

from datetime import date
from typing import Any, Final

import msgspec
import pytest

from comity.base.errors import Malformed
from comity.base.ids import StateCode
from comity.cases.scope import check_within, narrows
from comity.treaty.request import Request, Sought
from comity.treaty.terms import DataCategory

ASKED: Final = Sought(
    measure="production_of_stored_data",
    data="access logs and messages",
    categories=(DataCategory.TRAFFIC, DataCategory.CONTENT),
    identifiers=("a@example", "b@example"),
    period_from=date(2026, 8, 1),
    period_to=date(2026, 11, 20),
)
OTHER: Final = Sought(measure="subscriber_information", data="the holder's name")
REQUEST: Final = Request(requesting=StateCode("XA"), requested=StateCode("XB"), measures=(ASKED, OTHER))


def granted(**changes: Any) -> Sought:
    return msgspec.structs.replace(ASKED, **changes)


@pytest.mark.parametrize(
    "scope",
    [
        (ASKED,),
        (OTHER,),
        (OTHER, ASKED),
        (granted(identifiers=("b@example",)),),
        (granted(categories=(DataCategory.TRAFFIC,), data="access logs"),),
        (granted(period_from=date(2026, 10, 1), period_to=date(2026, 10, 1)),),
        (),
    ],
)
def test_less_or_the_same_is_within(scope: tuple[Sought, ...]) -> None:
    check_within(REQUEST, scope)


@pytest.mark.parametrize(
    "one",
    [
        granted(measure="interception_of_content"),
        granted(identifiers=("c@example",)),
        granted(identifiers=("a@example", "c@example")),
        granted(identifiers=()),
        granted(categories=()),
        granted(categories=(DataCategory.SUBSCRIBER,)),
        granted(period_from=date(2026, 7, 31)),
        granted(period_from=None),
        granted(period_to=date(2026, 11, 21)),
        granted(period_to=None),
        granted(period_from=date(2026, 11, 2), period_to=date(2026, 11, 1)),
        granted(data="  "),
    ],
)
def test_more_is_not_and_nor_is_what_says_nothing(one: Sought) -> None:
    with pytest.raises(Malformed) as refused:
        check_within(REQUEST, (one,))
    assert refused.value.where == "scope"


def test_a_measure_stands_once() -> None:
    with pytest.raises(Malformed):
        check_within(REQUEST, (OTHER, OTHER))


def test_what_leaves_nothing_out_narrows_nothing() -> None:
    assert not narrows(REQUEST, ())
    assert not narrows(REQUEST, REQUEST.measures)
    assert narrows(REQUEST, (ASKED,))
    assert narrows(REQUEST, (granted(data="less"), OTHER))
