"""comity party."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from comity.base.errors import Conflict, Malformed
from comity.cli.party import app
from comity.treaty.mtdsg import write_mtdsg
from comity.treaty.participation import Register, load_register, read_register, write_register

ON = ["--on", "2026-11-22"]


def test_status_counts_parties_and_missing_instruments() -> None:
    ran = CliRunner().invoke(app, ["status", *ON])
    assert ran.exit_code == 0
    assert "1: Qatar" in ran.output
    assert "39 of 40 are missing" in ran.output
    assert "not yet known" in ran.output
    assert "2, not counted: Azerbaijan, Viet Nam" in ran.output


def test_status_as_json_says_what_is_not_known() -> None:
    told = json.loads(CliRunner().invoke(app, ["status", "--json", *ON]).stdout)
    assert told["ok"] is True
    assert told["parties"] == ["QA"]
    assert told["unconfirmed"] == ["AZ", "VN"]
    assert told["signed_on_unknown_day"] == ["CA", "FJ"]
    assert told["instruments_missing"] == 39
    assert told["entry_into_force"] is None
    assert told["in_force"] is False
    assert told["signature_closes"] == "2026-12-31"


def test_status_depends_on_the_day() -> None:
    told = json.loads(CliRunner().invoke(app, ["status", "--json", "--on", "2026-02-27"]).stdout)
    assert told["parties"] == []
    assert told["instruments_missing"] == 40


def test_list_as_json_keeps_the_source_of_every_row() -> None:
    told = json.loads(CliRunner().invoke(app, ["list", "--json", *ON]).stdout)
    assert len(told["states"]) == 75
    assert all(row["source"] for row in told["states"])
    standing = {row["state"]: row["standing"] for row in told["states"]}
    assert (standing["QA"], standing["AZ"]) == ("party", "signatory")


def test_list_shows_unknown_dates_as_unknown_and_sources_when_asked() -> None:
    plain = CliRunner().invoke(app, ["list", *ON]).output
    assert "date unknown" in plain
    assert "Source" not in plain
    assert "Source" in CliRunner().invoke(app, ["list", "--sources", *ON]).output


def test_before_hanoi_nobody_is_listed() -> None:
    told = json.loads(CliRunner().invoke(app, ["list", "--json", "--on", "2025-10-24"]).stdout)
    assert told["states"] == []


@pytest.fixture
def status(tmp_path: Path) -> Path:
    """The packaged record in the depositary's shape."""
    file = tmp_path / "status.xml"
    file.write_bytes(write_mtdsg(load_register()))
    return file


def fewer(folder: Path) -> Path:
    """A record of three States."""
    file = folder / "three.csv"
    file.write_bytes(write_register(Register(load_register().entries[:3])))
    return file


def test_a_status_file_is_imported_as_csv_and_as_xml(status: Path, tmp_path: Path) -> None:
    for name in ("out.csv", "out.xml"):
        ran = CliRunner().invoke(app, ["import", str(status), "--out", str(tmp_path / name)])
        assert ran.exit_code == 0
        assert "75 rows written" in ran.output
    assert read_register((tmp_path / "out.csv").read_bytes()) == load_register()
    assert (tmp_path / "out.xml").read_bytes() == status.read_bytes()


def test_fewer_states_than_before_are_refused_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    ran = CliRunner().invoke(app, ["import", str(fewer(tmp_path)), "--out", str(out)])
    assert isinstance(ran.exception, Conflict)
    assert "72 States" in ran.exception.what
    assert not out.exists()


def test_fewer_states_are_written_if_somebody_says_so(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    ran = CliRunner().invoke(app, ["import", str(fewer(tmp_path)), "--out", str(out), "--allow-fewer", "--json"])
    told = json.loads(ran.stdout)
    assert (told["ok"], told["rows"], len(told["lost"])) == (True, 3, 72)
    again = CliRunner().invoke(app, ["import", str(fewer(tmp_path)), "--out", str(out)])
    assert again.exit_code == 0, "the record before is the one at --out"


def test_a_row_that_cannot_be_read_is_named_and_its_state_is_gone(status: Path, tmp_path: Path) -> None:
    text = status.read_text(encoding="iso-8859-1").replace(">Qatar<", ">Katar<")
    status.write_text(text, encoding="iso-8859-1")
    out = ["--out", str(tmp_path / "out.csv")]
    ran = CliRunner().invoke(app, ["import", str(status), *out])
    assert isinstance(ran.exception, Conflict)
    assert "Qatar" in ran.exception.what
    ran = CliRunner().invoke(app, ["import", str(status), *out, "--allow-fewer"])
    assert "left out, no Party: row 54, Katar" in ran.output


def test_a_page_in_place_of_the_file_writes_nothing(tmp_path: Path) -> None:
    page = tmp_path / "status.xml"
    page.write_text("<!DOCTYPE html><html>urgent maintenance</html>", encoding="utf-8")
    ran = CliRunner().invoke(app, ["import", str(page), "--out", str(tmp_path / "out.csv")])
    assert isinstance(ran.exception, Malformed)
    assert not (tmp_path / "out.csv").exists()


def test_a_record_is_written_as_csv_or_xml_only(status: Path, tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["import", str(status), "--out", str(tmp_path / "out.txt")])
    assert isinstance(ran.exception, Malformed)


def test_two_records_side_by_side() -> None:
    press = Path(__file__).parent.parent / "treaty" / "press.csv"
    ran = CliRunner().invoke(app, ["diff", str(press), "packaged"])
    assert ran.exit_code == 1
    assert "not on this record" in ran.output
    told = json.loads(CliRunner().invoke(app, ["diff", "packaged", str(press), "--json"]).stdout)
    found = {(one["state"], one["point"]): one for one in told["differences"]}
    assert found["CA", "signature"]["b"] == "signed on 2025-10-25"
    assert found["US", "presence"]["source_b"].startswith("press")
    same = CliRunner().invoke(app, ["diff", "packaged", "packaged"])
    assert (same.exit_code, same.output) == (0, "The two records agree.\n")
