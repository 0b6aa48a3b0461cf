"""Who is at the terminal: the passphrase, and that a wrong one opens nothing."""

from pathlib import Path

import pytest

from comity.base.errors import Malformed, NotFound, TooLarge
from comity.cli.session import PASSPHRASE_LIMIT, read_passphrase


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        (b"five words\n", b"five words"),
        (b"five words\r\n", b"five words"),
        (b"no end", b"no end"),
        (b" a \n\n", b" a "),
    ],
)
def test_a_passphrase_file_holds_the_passphrase_and_perhaps_ends_of_lines(
    tmp_path: Path, content: bytes, passphrase: bytes
) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(content)
    assert read_passphrase(file) == passphrase


def test_a_passphrase_file_that_is_missing_or_endless_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        read_passphrase(tmp_path / "none")
    (tmp_path / "long").write_bytes(b"x" * (PASSPHRASE_LIMIT + 1))
    with pytest.raises(TooLarge):
        read_passphrase(tmp_path / "long")


def test_where_nobody_can_be_asked_the_way_to_give_it_is_told() -> None:
    with pytest.raises(Malformed) as refused:
        read_passphrase(None)
    assert "--passphrase-file" in refused.value.hint
