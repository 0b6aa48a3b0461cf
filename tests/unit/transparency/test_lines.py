"""One spelling for one value: numbers, hashes and the lines of a checkpoint."""

import pytest

from comity.base.errors import Malformed
from comity.transparency.lines import read_decimal, read_hash, read_head

ROOT = "WdB0o/7iXunPoV8bBLcqtTOFpeEx7Qid4CBLgwwil8c="


@pytest.mark.parametrize("text", ["0", "7", "70000", "9223372036854775807"])
def test_a_plain_number_is_read(text: str) -> None:
    assert str(read_decimal(text, "the size")) == text


@pytest.mark.parametrize("text", ["", "01", "+1", "-1", " 1", "1 ", "1_0", "0x1", "٣", "1\n", "9223372036854775808"])
def test_any_other_spelling_of_a_number_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_decimal(text, "the size")


@pytest.mark.parametrize("text", ["", ROOT[:-1], ROOT[:-2] + "d=", "AAAA", ROOT + " ", ROOT.replace("/", "_")])
def test_a_hash_is_32_bytes_in_canonical_base64(text: str) -> None:
    assert str(read_hash(ROOT, "the root"))
    with pytest.raises(Malformed):
        read_hash(text, "the root")


@pytest.mark.parametrize(
    "text",
    [f"o\n3\n{ROOT}", f"o\n3\n{ROOT}\n\n", f"o\n3\n{ROOT}\nextension\n", f"o\n03\n{ROOT}\n", "o\n3\n"],
)
def test_a_checkpoint_is_exactly_three_lines(text: str) -> None:
    assert read_head(f"o\n3\n{ROOT}\n")[:2] == ("o", 3)
    with pytest.raises(Malformed):
        read_head(text)
