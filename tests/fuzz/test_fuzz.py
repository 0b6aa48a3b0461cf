"""The harnesses of `make fuzz`, for a second or two and without atheris: seeds, what was found, and some changes."""

import re
from collections.abc import Iterator
from random import Random
from typing import Final

import pytest

from comity.base.errors import Malformed
from tests.fuzz.__main__ import main
from tests.fuzz.all_harnesses import HARNESSES
from tests.fuzz.harness import FOUND, Harness, Respelt, TooSlow

CHANGES: Final = 12
"""Of each harness's seeds, in all; the fuzzer makes millions."""
LONG: Final = 5000
BUSY: Final = 10.0
"""How much longer an input may take on a machine that runs many tests at once."""


def changed(data: bytes, words: tuple[bytes, ...], chance: Random) -> bytes:
    """A few places cut out, put in twice, replaced by a word or by any bytes."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + chance.choice((0, 1, 1, 4, 32)))
        put = chance.choice((b"", data[start:end] * 2, chance.randbytes(2), chance.choice(words or (b"\0",))))
        data = data[:start] + put + data[end:]
    return data


def swollen(data: bytes) -> Iterator[bytes]:
    """One number made too long for Python itself, one word too long, or a bracket opened too often: the fuzzer, which
    likes short inputs, seldom gets there."""
    for pattern in (rb"[0-9]+", rb"[A-Za-z]{2,}", rb"[\[{(<]"):
        places = list(re.finditer(pattern, data))
        for found in (*places[:2], *places[-2:]):
            yield data[: found.start()] + found.group()[:1].replace(b"0", b"9") * LONG + data[found.end() :]


@pytest.mark.parametrize("name", HARNESSES)
def test_whatever_comes_a_parser_ends_with_a_value_or_a_typed_error(name: str) -> None:
    harness, chance = HARNESSES[name], Random(name)
    seeds = harness.begins_with()
    for seed in seeds[:40]:
        harness.run(seed, slower=BUSY)
    for _ in range(CHANGES):
        harness.run(changed(chance.choice(seeds), harness.words, chance), slower=BUSY)
    harness.run(b"", slower=BUSY)
    for seed in seeds[:3]:
        for data in swollen(seed):
            harness.run(data, slower=BUSY)


@pytest.mark.parametrize("name", HARNESSES)
def test_every_harness_has_a_seed_that_its_parser_takes(name: str) -> None:
    """Without one, the fuzzer would never see what lies behind the first check."""
    assert any(HARNESSES[name].run(seed, slower=BUSY) for seed in HARNESSES[name].seeds())


def test_what_was_found_belongs_to_a_harness() -> None:
    assert {folder.name for folder in FOUND.iterdir()} <= set(HARNESSES)


def test_an_untyped_error_another_spelling_and_a_slow_input_are_found() -> None:
    with pytest.raises(UnicodeDecodeError):
        Harness("untyped", bytes.decode, list).run(b"\xff")
    with pytest.raises(Respelt):
        Harness("respelt", bytes.lower, list, bytes.upper).run(b"x")
    with pytest.raises(TooSlow):
        Harness("slow", lambda data: sum(range(100_000 * len(data))), list).run(b"x", slower=1e-6)

    def refuses(_: bytes) -> None:
        raise Malformed("no", hint="none")

    assert not Harness("typed", refuses, list).run(b"x")


def test_a_harness_that_does_not_exist_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nothing"]) in (2, 64)  # 2 where atheris is not here, which is said first
    assert "error: " in capsys.readouterr().err
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.split() == list(HARNESSES)
