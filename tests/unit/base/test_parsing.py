"""Untrusted bytes: within limits, strictly, and every mistake named with its place."""

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.base.encoding import to_json
from comity.base.errors import Malformed, Mistake, TooLarge
from comity.base.parsing import JSON_DEPTH, as_we_write, check_size, read_json, read_toml


class Contact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    hours: int = 24


class Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    title: str
    days: int
    contact: Contact | None = None
    others: list[Contact] = []
    words: list[str] = []


def from_json(data: bytes, kind: type[Any] = Form, limit: int = 10_000) -> Any:
    return read_json(data, kind, limit=limit, what="the form")


def from_toml(text: str) -> Form:
    return read_toml(text.encode(), Form, limit=10_000, what="form.toml")


def mistakes_in(text: str) -> list[tuple[str, int]]:
    with pytest.raises(Malformed) as caught:
        from_toml(text)
    return [(mistake.field, mistake.line) for mistake in caught.value.mistakes]


contacts = st.builds(Contact, name=st.text(), hours=st.integers(-(2**53), 2**53))
forms = st.builds(
    Form,
    title=st.text(),
    days=st.integers(-(2**53), 2**53),
    contact=st.none() | contacts,
    others=st.lists(contacts, max_size=3),
    words=st.lists(st.text(), max_size=3),
)


@given(forms)
def test_json_that_we_write_is_read_as_the_same_value(form: Form) -> None:
    data = to_json(form)
    assert read_json(data, Form, limit=len(data), what="the form") == form


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_malformed(data: bytes) -> None:
    """No other error gets out."""
    for read in (read_json, read_toml):
        with suppress(Malformed):
            assert isinstance(read(data, Form, limit=1000, what="it"), Form)


@given(st.text(max_size=100))
def test_any_toml_line_is_a_form_or_malformed(text: str) -> None:
    try:
        assert isinstance(from_toml(f'title = "x"\ndays = 1\n{text}'), Form)
    except Malformed as problem:
        assert problem.mistakes


@given(st.binary(max_size=50), st.integers(0, 50))
def test_the_size_is_checked_before_anything_is_read(data: bytes, limit: int) -> None:
    if len(data) <= limit:
        check_size(data, limit, "it")
        return
    for refuse in (
        lambda: check_size(data, limit, "it"),
        lambda: read_json(data, Form, limit=limit, what="it"),
        lambda: read_toml(data, Form, limit=limit, what="it"),
    ):
        with pytest.raises(TooLarge):
            refuse()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"title":"a","title":"b","days":1}', "a key twice"),
        (b'{"title":"a","days":1,"contact":{"name":"x","name":"x"}}', "a key twice"),
        (b'{"title":"a","days":1.0}', "a number with a fraction"),
        (b'{"title":"a","days":1e3}', "a number with a fraction"),
        (b'{"title":"a","days":NaN}', "a number with a fraction"),
        (b"", "not JSON"),
        (b'{"title":"a","days":1} x', "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 5000, "not JSON"),
    ],
)
def test_loose_json_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        from_json(data)


class Loose(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A form whose parts are not looked into, or may be anything."""

    body: msgspec.Raw | None = None
    anything: object = None
    inner: "Loose | None" = None


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'{"body":{"a":1,"a":1},"anything":null,"inner":null}', "a key twice"),
        (b'{"body":null,"anything":{"a":1,"a":1},"inner":null}', "a key twice"),
        (b'{"body":null,"anything":1.5,"inner":null}', "a number with a fraction"),
        (b'{"body":[1e999],"anything":null,"inner":null}', "a number with a fraction"),
        (b'{"body":null,"anything":null,"inner":' * 20 + b"null" + b"}" * 20, "nested too deep"),
    ],
)
def test_what_is_not_looked_into_is_no_looser(data: bytes, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        from_json(data, Loose)


@pytest.mark.parametrize(
    "data", [b'{"a":1,"a":1}', b'{"a":1, "a":2}', b'{"a":1.0}', b'{"a":99999999999999999999999.0}']
)
def test_a_map_of_names_and_numbers_is_read_as_strictly(data: bytes) -> None:
    with pytest.raises(Malformed, match=r"a key twice|a number with a fraction"):
        from_json(data, dict[str, int])


class Carrier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something whose content is read apart."""

    name: str
    inside: msgspec.Raw


@given(forms, st.text(max_size=5), st.lists(st.tuples(st.integers(0, 200), st.sampled_from(list('{}[],:"1. \\abe')))))
def test_what_is_taken_as_our_own_writing_is_read_no_looser(
    form: Form, name: str, spoilt: list[tuple[int, str]]
) -> None:
    """The carrier and what it carries, both as we write them, would be taken by whoever looks through all of it."""
    data = to_json(Carrier(name, msgspec.Raw(to_json(form))))
    for place, other in spoilt:
        data = data[:place] + other.encode() + data[place + 1 :]
    found = as_we_write(data, Carrier)
    inside = as_we_write(bytes(found.inside), Form) if found else None
    if found is None or inside is None:
        assert spoilt
        return
    assert from_json(data, Carrier) == found
    assert from_json(bytes(found.inside)) == inside


@pytest.mark.parametrize("kind", [Loose, dict[str, object], dict[str, float]])
def test_a_kind_in_which_anything_may_stand_is_never_our_own_writing(kind: type[Any]) -> None:
    for data in (b"{}", b'{"body":null,"anything":null,"inner":null}', b'{"a":1.5}'):
        assert as_we_write(data, kind) is None


words = st.text(alphabet='ab"\\:,{}[]0 1.e', max_size=12)


@given(st.recursive(words | st.integers(), lambda one: st.lists(one, max_size=3) | st.dictionaries(words, one)))
def test_what_is_written_in_another_way_is_read_as_the_same_value(value: object) -> None:
    data = json.dumps({"title": "a", "days": 1, "words": [json.dumps(value)]}, indent=1).encode()
    assert from_json(data) == from_json(to_json(json.loads(data)))


def nested(levels: int) -> bytes:
    value: object = "x"
    for _ in range(levels):
        value = [value]
    return json.dumps(value).encode()


def test_json_may_be_nested_to_the_limit_and_no_deeper() -> None:
    assert from_json(nested(JSON_DEPTH - 1), list)
    with pytest.raises(Malformed, match="nested too deep"):
        from_json(nested(JSON_DEPTH))


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (b'{"title":"a"}', "days"),
        (b'{"title":"a","days":1,"contact":{}}', "contact.name"),
        (b'{"title":"a","days":1,"more":1}', ""),
        (b'{"title":7,"days":1}', "title"),
        (b'{"title":"a","days":1,"contact":{"name":7}}', "contact.name"),
        (b'{"title":"a","days":1,"others":[{"name":"x"},{"name":7}]}', "others[1].name"),
    ],
)
def test_a_wrong_field_of_json_is_named(data: bytes, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        from_json(data)
    assert caught.value.where == field
    assert [mistake.field for mistake in caught.value.mistakes] == [field]


def test_toml_is_read() -> None:
    text = 'title = "A"\ndays = 90\nwords = ["x", "y"]\n[contact]\nname = "B"\n[[others]]\nname = "C"\nhours = 8\n'
    assert from_toml(text) == Form("A", 90, Contact("B"), [Contact("C", 8)], ["x", "y"])


def test_every_mistake_of_toml_is_named_with_its_line() -> None:
    text = """title = 7
days = "x"

# a comment
[contact]
name = "B"
huors = 8

[[others]]
name = "C"

[[others]]
name = 9
"""
    assert mistakes_in(text) == [("title", 1), ("days", 2), ("contact.huors", 7), ("others[1].name", 13)]


def test_a_missing_field_is_named_at_its_table() -> None:
    assert mistakes_in('title = "A"\ndays = 1\n\n[contact]\nhours = 2\n') == [("contact.name", 4)]
    assert mistakes_in("") == [("title", 1), ("days", 1)]


def test_a_mistake_of_syntax_is_named_with_its_line() -> None:
    assert mistakes_in('title = "A"\ndays = = 1\n') == [("", 2)]
    assert mistakes_in('title = "A"\ndays = 1\ndays = 2\n') == [("", 3)]


def test_bytes_that_are_no_text_are_named_with_their_line() -> None:
    with pytest.raises(Malformed) as caught:
        read_toml(b'title = "A"\n# \xff\n', Form, limit=100, what="form.toml")
    assert caught.value.mistakes == (Mistake("", "not UTF-8 text", 2),)


def test_the_first_mistake_and_the_number_of_others_are_in_the_line_for_people() -> None:
    with pytest.raises(Malformed) as caught:
        from_toml('title = 7\ndays = "x"\n')
    said = caught.value.explain()
    assert said.startswith("form.toml, line 1: title: ")
    assert said.endswith("(and 1 more)")
