"""What is looked for quickly is found as if looked for plainly: words in texts, addresses, the cut of a line."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comity.treaty.reading import Reading
from comity.treaty.rules.matter import shorten
from comity.treaty.rules.screens.selectors import begins_like_an_address
from comity.treaty.screens import all_screens, fold

LISTS: Final = sorted({one.name for one in all_screens().wordlist if one.language})
WORDS: Final = {
    name: list(
        dict.fromkeys(word for one in all_screens().wordlist if one.name == name and one.language for word in one.words)
    )
    for name in LISTS
}
PHRASES: Final = [word for words in WORDS.values() for word in words]
PHRASES.extend(word for kind in all_screens().privilege for word in kind.words)
"""Every phrase that is looked for."""
LAST_SPACED: Final = "\u0530"


def plainly(words: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Each word looked for by itself in all the texts, at the beginning of a word where its script has spaces."""
    whole = fold("\n".join(texts))
    return [word for word in words if _pattern(fold(word)).search(whole)]


@cache
def _pattern(folded: str) -> re.Pattern[str]:
    return re.compile(("" if folded[0] >= LAST_SPACED else r"(?<![^\W_])") + re.escape(folded))


FILLERS: Final = st.sampled_from(
    [
        "the",
        "of",
        "account",
        "State XB",
        "192.0.2.45",
        "anti",
        "a_b",
        "-",
        "(",
        "\u2019",
        "é",
        "İ",
        "ſ",
        "ﬁ",
        "ı",
        "诽",
        "ه",
        "д",
    ]
)
CHANGES: Final[st.SearchStrategy[Callable[[str], str]]] = st.sampled_from(
    [str, str.upper, str.title, str.swapcase, lambda word: word[:-1], lambda word: word[1:], lambda word: word[:4]]
)
PIECES: Final = st.one_of(
    st.sampled_from(PHRASES),
    st.tuples(st.sampled_from(PHRASES), CHANGES).map(lambda both: both[1](both[0])),
    st.sampled_from([part for phrase in PHRASES for part in phrase.split()]),
    FILLERS,
    st.text(max_size=5),
)
SPACES: Final = st.sampled_from(["", " ", "  ", "\n", "-", "_", "\u00a0", ", ", "\x1c"])
TEXTS: Final = st.lists(
    st.one_of(
        st.lists(st.tuples(PIECES, SPACES), max_size=6).map(lambda pairs: "".join(map("".join, pairs))),
        st.sampled_from(PHRASES).map(lambda word: "x " * 600 + word),
    ),
    max_size=4,
)


@given(name=st.sampled_from(LISTS), texts=TEXTS)
@settings(max_examples=300)
def test_the_words_spotted_are_those_that_a_plain_search_finds(name: str, texts: list[str]) -> None:
    assert list(Reading().spotted(name, texts)) == plainly(WORDS[name], texts)


@given(texts=TEXTS)
@settings(max_examples=60)
def test_one_reading_for_all_lists_finds_what_a_plain_search_finds(texts: list[str]) -> None:
    reading = Reading()
    for name in LISTS:
        assert list(reading.spotted(name, texts)) == plainly(WORDS[name], texts)
    kinds = [(kind, plainly(kind.words, texts)) for kind in all_screens().privilege]
    assert list(reading.privileges(texts)) == [(kind, words[0]) for kind, words in kinds if words]


@pytest.mark.parametrize("name", LISTS)
def test_every_word_of_a_list_is_spotted_where_it_stands_alone(name: str) -> None:
    for word in WORDS[name]:
        for text in (word, f"({word})", f"xy {word}s"):
            assert word in Reading().spotted(name, [text]), text


@given(st.text(st.sampled_from("ab \n\t…é"), max_size=300), st.integers(1, 100))
def test_a_line_is_cut_as_if_all_of_it_had_been_read(text: str, most: int) -> None:
    line = " ".join(text.split())
    assert shorten(text, most) == (line if len(line) <= most else line[: most - 1].rstrip() + "…")


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)), st.sampled_from(["short", "long", "upper"]))
def test_every_address_begins_like_one(address: IPv4Address | IPv6Address, written: str) -> None:
    spelt = {"short": str(address), "long": address.exploded, "upper": str(address).upper()}[written]
    assert begins_like_an_address(spelt)
