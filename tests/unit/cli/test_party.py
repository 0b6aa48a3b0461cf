"""comity party."""

import json

from typer.testing import CliRunner

from comity.cli.party import app

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
