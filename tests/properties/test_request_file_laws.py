"""Laws of request files: any bytes are read or refused with their place, and nothing breaks the reader."""

import json
from time import thread_time
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.base.errors import Malformed, TooLarge
from comity.base.ids import StateCode
from comity.treaty.request import REQUEST_LIMIT, Request, read_request
from comity.treaty.terms import Side
from tests.properties.test_treaty_laws import FILES, _judged
from tests.simulators.values import CHANGES, PLACES, TEXT, changed

# The reader of requests, against what no drafter would write.

A_WHILE: Final = 4.0
"""Seconds of the processor, so that a busy machine does not count. Most are read in a hundredth of one; one that is all
mistakes takes about a second, to find their lines."""

DEEPEST: Final = 40
"""Levels; deeper ones stand in HOSTILE."""


def _read(data: bytes) -> Request | None:
    """Read it: either it is a request, or the error is one of two that are typed, and names the place."""
    begun, request = thread_time(), None
    try:
        request = read_request(data, "the-file")
    except TooLarge as error:
        assert len(data) > REQUEST_LIMIT
        assert "the-file" in error.explain()
    except Malformed as error:
        assert error.where.startswith("the-file, line ")
        assert error.mistakes
        last = data.count(b"\n") + 1
        assert 1 <= error.mistakes[0].line <= last
        assert all(0 <= mistake.line <= last and mistake.what for mistake in error.mistakes)  # 0: too many to look up
    assert thread_time() - begun < A_WHILE
    return request


def _nested(levels: int) -> st.SearchStrategy[bytes]:
    shapes = {
        "arrays": b"[" * levels + b"1" + b"]" * levels,
        "tables": b"{a=" * levels + b"1" + b"}" * levels,
        "open": b"[" * levels,
    }
    return st.sampled_from(list(shapes.values()))


ODD_VALUES: Final = st.one_of(
    st.sampled_from(
        [b"1", b"-1", b"0x7f", b"1e400", b"nan", b"true", b"''", b'"""\nx\n"""', b"[]", b"{}", b"[[]]", b"{a.b=1}"]
    ),
    st.sampled_from([b"2026-02-30", b"2026-02-03T10:00:00Z", b"10:00:00", b"0001-01-01"]),
    st.sampled_from([b"'\0'", b'"\\u0000"', b'"\\ud800"']),
    st.integers(0, 4000).map(lambda digits: b"9" * digits),
    st.integers(1, DEEPEST).flatmap(_nested),
    TEXT.map(lambda text: json.dumps(text, ensure_ascii=False).encode()),
)
ODD_LINES: Final = st.one_of(
    ODD_VALUES.map(lambda value: b"subject = " + value),
    st.integers(1, DEEPEST).map(lambda levels: b"[a" + b".a" * levels + b"]"),
    st.sampled_from(
        [b"[[measures]]", b"[measures]", b"[offence]", b"[[persons]]", b"\0", b"\xff", b"\r", b"'a.b' = 1", b'"" = 1']
    ),
    st.sampled_from(
        [b"[[offence]]", b"requesting.a = 1", b"= 1", b"[", b'a = "', b"a = '''", b"\xef\xbb\xbf", b"[[measures.x]]"]
    ),
)


CHANGES_OF_A_FILE: Final = st.sampled_from(["byte", "drop", "swap", "value", "line", "cut", "nul"])


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A file of examples/, changed a few times: bytes, lines, values."""
    data = draw(st.sampled_from(list(FILES.values())))
    for change in draw(st.lists(CHANGES_OF_A_FILE, min_size=1, max_size=4)):
        lines = data.split(b"\n")
        at = draw(PLACES) % len(lines)
        match change:
            case "byte" if data:
                data = changed(data, draw(PLACES), draw(CHANGES))
            case "nul":
                place = draw(PLACES) % (len(data) + 1)
                data = data[:place] + b"\0" + data[place:]
            case "cut":
                data = data[: draw(PLACES) % (len(data) + 1)]
            case "drop":
                data = b"\n".join(lines[:at] + lines[at + 1 :])
            case "swap":
                other = draw(PLACES) % len(lines)
                lines[at], lines[other] = lines[other], lines[at]
                data = b"\n".join(lines)
            case "value":
                name = lines[at].partition(b"=")[0]
                data = b"\n".join([*lines[:at], name + b"= " + draw(ODD_VALUES), *lines[at + 1 :]])
            case "line":
                data = b"\n".join([*lines[:at], draw(ODD_LINES), *lines[at:]])
    return data


@given(mutated())
@settings(max_examples=400)
def test_an_example_changed_at_random_is_read_or_refused_and_then_assessed(data: bytes) -> None:
    request = _read(data)
    if request is not None:
        for side in Side:
            assert _judged(request, side).findings


@given(st.binary(max_size=400))
@settings(max_examples=200)
def test_any_bytes_are_read_or_refused_with_their_place(data: bytes) -> None:
    _read(data)


@pytest.mark.parametrize("size", [REQUEST_LIMIT, REQUEST_LIMIT + 1], ids=["the limit", "one more"])
def test_a_file_of_the_limit_is_read_and_a_larger_one_is_refused(size: int) -> None:
    data = b'requesting = "XA"\nrequested = "XB"\n'
    data += b"#" * (size - len(data))
    if size <= REQUEST_LIMIT:
        assert read_request(data, "the-file") == Request(requesting=StateCode("XA"), requested=StateCode("XB"))
    else:
        with pytest.raises(TooLarge, match="the-file"):
            read_request(data, "the-file")


def _hostile() -> dict[str, bytes]:
    """Within the limit, and made to break a reader: by depth, by digits, by the number of mistakes."""
    deep = 5000
    return {
        "arrays, open": b"subject = " + b"[" * deep,
        "arrays": b"subject = " + b"[" * 300 + b"]" * 300,
        "tables": b"subject = " + b"{a=" * deep,
        "key of many parts": b"subject" + b".a" * deep + b" = 1",
        "header of many parts": b"[subject" + b".a" * deep + b"]",
        "digits": b"urgent = " + b"9" * deep,
        "a word": b"facts = '" + b"a" * 110_000 + b"'",
        "mistakes": b"\n".join(b"unknown%d = 1" % number for number in range(deep)),
        "wrong measures": b"[[measures]]\nx = 1\n" * deep,
    }


HOSTILE: Final = _hostile()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_break_the_reader_is_refused_with_its_place(name: str) -> None:
    assert len(HOSTILE[name]) <= REQUEST_LIMIT
    assert _read(HOSTILE[name]) is None
