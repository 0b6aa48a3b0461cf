"""The demo's evidence: the same each time, with addresses and names that are nobody's but the list's own."""

import ipaddress
import re
from datetime import date
from pathlib import Path

import pytest

from comity.cli.demo.exhibits import LOG_LINES, examples_folder, write_exhibits, write_log_ins
from comity.treaty.request import read_request

DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]  # RFC 5737

SHOWN = date(2026, 11, 22)
"""The day on which the demo's requests were made known: its clock shows it, or a later one."""


def test_it_is_written_the_same_each_time_with_the_licence_of_the_list(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_exhibits(tmp_path / name)
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    assert set(one) == {"access.log", "scam-domains.txt", "LICENSE-scam-domains.txt"}
    source = examples_folder() / "evidence"
    assert one["scam-domains.txt"] == (source / "scam-domains.txt").read_bytes()
    lines = one["access.log"].decode().splitlines()
    assert len(lines) == LOG_LINES
    domains = set(one["scam-domains.txt"].decode().splitlines())
    for line in lines[:: LOG_LINES // 500]:
        found = re.match(r'(\S+) - - \[.+\] "GET https://([^/]+)/\S* HTTP/1.1" 200 \d+', line)
        assert found, line
        assert any(ipaddress.ip_address(found[1]) in net for net in DOCUMENTATION)
        assert found[2] in domains


@pytest.mark.parametrize(
    "name", ["investment-scam/preservation.toml", "investment-scam/production.toml", "emergency/request.toml"]
)
def test_what_the_demo_asks_for_was_made_and_done_by_the_day_on_which_it_was_first_shown(name: str) -> None:
    """The demo runs on this machine's clock: nothing in it is dated after the day it runs on."""
    request = read_request((examples_folder().parent / name).read_bytes(), name)
    days = [request.made_on, request.offence.act_committed_on]
    days += [day for one in request.measures for day in (one.period_from, one.period_to)]
    assert request.made_on
    assert max(day for day in days if day) <= SHOWN


def test_nor_is_what_the_provider_finds_for_the_emergency(tmp_path: Path) -> None:
    write_log_ins(tmp_path)
    found = {date.fromisoformat(line[:10]) for line in (tmp_path / "log-ins.txt").read_text().splitlines()}
    request = read_request((examples_folder().parent / "emergency/request.toml").read_bytes(), "request.toml")
    assert found == {request.made_on} <= {SHOWN}


def test_away_from_the_working_copy_the_examples_are_still_found(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert examples_folder() == root / "examples" / "investment-scam"
