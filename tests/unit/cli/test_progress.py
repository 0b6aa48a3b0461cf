"""Progress is for people only."""

import pytest

from comity.cli.progress import bytes_done


def test_where_nobody_looks_short_work_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with bytes_done("sealing", 100) as progress:
        assert progress is not None
        progress(50, 100)
    assert capsys.readouterr() == ("", "")
