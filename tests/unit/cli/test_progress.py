"""Progress is for people only."""

import pytest

from comity.cli.progress import bytes_done


def test_where_nobody_looks_nothing_is_counted_and_nothing_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with bytes_done("sealing", 100) as progress:
        assert progress is None
    assert capsys.readouterr() == ("", "")
