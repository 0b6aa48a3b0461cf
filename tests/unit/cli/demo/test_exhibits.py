"""The demo's evidence: the same each time, with addresses and names that are nobody's but the list's own."""

import ipaddress
import re
from pathlib import Path

import pytest

from comity.cli.demo.exhibits import LOG_LINES, examples_folder, write_exhibits

DOCUMENTATION = [ipaddress.ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]  # RFC 5737


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


def test_away_from_the_working_copy_the_examples_are_still_found(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert examples_folder() == root / "examples" / "investment-scam"
