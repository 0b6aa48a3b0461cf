"""Identifiers and times in a mess of text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.web.paste import Kind, days, identifiers, recognise


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("the server 192.0.2.45, in XB.", Kind.ADDRESS, "192.0.2.45"),
        ("from [2001:DB8:0:0::1]:443", Kind.ADDRESS, "2001:db8::1"),
        ("see https://gain-fast.example/a?b=1.", Kind.URL, "https://gain-fast.example/a?b=1"),
        ("hxxps://gain-fast[.]example/x)", Kind.URL, "https://gain-fast.example/x"),
        ("Mail Anna.B@Gain-Fast.example!", Kind.EMAIL, "anna.b@gain-fast.example"),
        ("anna[@]gain-fast[.]example", Kind.EMAIL, "anna@gain-fast.example"),
        ("the site gain-fast.example moved", Kind.DOMAIN, "gain-fast.example"),
        ("called +44 (20) 7946-0958 twice", Kind.PHONE, "+442079460958"),
        ("0049 30 123456", Kind.PHONE, "+4930123456"),
        ("at 05:10 local", Kind.TIME, "05:10"),
        ("on 2026-11-22T03:14:00Z", Kind.MOMENT, "2026-11-22T03:14:00Z"),
        ("on 22 November 2026, 03:14 UTC it", Kind.MOMENT, "22 November 2026, 03:14 UTC"),
        ("on Nov 3, 2026 it", Kind.MOMENT, "Nov 3, 2026"),
        ("on 01/11/2026 it", Kind.MOMENT, "01/11/2026"),
    ],
)
def test_one_thing_is_recognised_for_what_it_is(text: str, kind: Kind, value: str) -> None:
    assert [(one.kind, one.value) for one in recognise(text)] == [(kind, value)]


@pytest.mark.parametrize(
    "text", ["999.1.1.1", "report.pdf", "1.2.3", "v1.2.3.4.5", "12 apples", "2026-13-01", "e.g. this"]
)
def test_what_only_looks_like_something_is_left(text: str) -> None:
    assert recognise(text) == ()


def test_a_day_in_figures_is_shown_and_not_read() -> None:
    found = recognise("01/11/2026 and 3.11.2026")
    assert len(found) == 2 and days(found) is None


def test_the_first_and_last_certain_day_make_the_period() -> None:
    found = recognise("22 November 2026, then 2026-08-01, then 01/01/2020, then 30 Sept 2026 and 3 October 2026")
    assert days(found) == (date(2026, 8, 1), date(2026, 11, 22))


def test_each_thing_is_given_once_in_the_order_of_the_text() -> None:
    text = "gain-fast.example 192.0.2.45 GAIN-FAST.example 192.0.2.45 a@b.example at 10:00"
    assert identifiers(recognise(text)) == ("gain-fast.example", "192.0.2.45", "a@b.example")


@given(st.text(max_size=400))
def test_any_text_is_read_without_fault_and_gives_no_wildcard_or_space(text: str) -> None:
    assert all(
        value and "*" not in value.partition("/")[0] and " " not in value for value in identifiers(recognise(text))
    )


@given(st.ip_addresses())
def test_every_address_is_found_as_it_is_written(address: object) -> None:
    assert str(address) in identifiers(recognise(f"from {address} at night"))
