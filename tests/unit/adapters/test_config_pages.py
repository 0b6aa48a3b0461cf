"""[pages] and [oidc] of comity.toml: pages go over https, or over loopback behind what is named."""

from pathlib import Path

import pytest

from comity.adapters.config import read_config
from comity.base.errors import Malformed
from comity.wiring import pages_url

NODE = """\
format = 1
[node]
id = "IS/central-authority"
role = "authority"
mode = "live"
name = "Central Authority"
url = "https://node.example"
[log]
origin = "log.example/IS"
"""
EXERCISE = NODE.replace('"live"', '"exercise"').replace("https://node.example", "http://127.0.0.1:8400")
TLS = 'port = 8443\ncertificate = "c.pem"\nkey = "k.pem"\n'
PROXY = 'port = 8401\nproxy = "127.0.0.1"\n'
OIDC = 'issuer = "https://id.example"\nclient_id = "c"\nsecret_file = "s"\n'
GROUPS = '[oidc.groups]\nlawyers = ["case_lawyer"]\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "comity.toml"


def wrong_fields(file: Path, text: str) -> list[str]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Malformed) as refused:
        read_config(file)
    assert all(one.line > 0 for one in refused.value.mistakes)
    return [one.field for one in refused.value.mistakes]


@pytest.mark.parametrize(
    "pages",
    [
        f'url = "https://pages.example"\nhost = "0.0.0.0"\n{TLS}',
        f'url = "https://pages.example"\n{PROXY}',
        'url = "https://pages.example"\nproxy = "127.0.0.1"\n',
    ],
)
def test_pages_of_a_live_node_with_tls_here_or_at_a_proxy_on_this_machine(file: Path, pages: str) -> None:
    file.write_text(f"{NODE}[pages]\n{pages}", encoding="utf-8")
    assert pages_url(read_config(file)) == "https://pages.example"


@pytest.mark.parametrize(
    ("pages", "field"),
    [
        (f'url = "http://pages.example"\n{PROXY}', "pages.url"),
        (f'url = "http://127.0.0.1:8400"\n{PROXY}', "pages.url"),
        (f'url = "https://localhost"\n{PROXY}', "pages.url"),
        (f'url = "https://pages.example/comity"\n{PROXY}', "pages.url"),
        (f'url = "pages.example"\n{PROXY}', "pages.url"),
        ('url = "https://pages.example"\n', "pages.proxy"),
        ('url = "https://pages.example"\nport = 8401\nhost = "0.0.0.0"\nproxy = "127.0.0.1"\n', "pages.proxy"),
        ('url = "https://pages.example"\nport = 8401\nproxy = "192.0.2.1"\n', "pages.proxy"),
        (f'url = "https://pages.example"\nproxy = "127.0.0.1"\n{TLS}', "pages.proxy"),
        ('url = "https://pages.example"\ncertificate = "c.pem"\nkey = "k.pem"\n', "pages.port"),
        ('url = "https://pages.example"\nport = 1\ncertificate = "c.pem"\n', "pages.key"),
    ],
)
def test_pages_that_could_be_read_on_the_way_are_not_served(file: Path, pages: str, field: str) -> None:
    assert wrong_fields(file, f"{NODE}[pages]\n{pages}") == [field]


def test_behind_a_proxy_the_server_beside_it_listens_on_loopback_too(file: Path) -> None:
    pages = '[pages]\nurl = "https://pages.example"\nproxy = "127.0.0.1"\n'
    assert wrong_fields(file, f'{NODE}[server]\nhost = "0.0.0.0"\n{pages}') == ["pages.proxy"]


def test_an_exercise_on_loopback_has_pages_without_being_asked_and_a_live_node_has_none(file: Path) -> None:
    file.write_text(EXERCISE, encoding="utf-8")
    assert pages_url(read_config(file)) == "http://127.0.0.1:8400"
    file.write_text(NODE, encoding="utf-8")
    assert pages_url(read_config(file)) == ""


@pytest.mark.parametrize(
    ("oidc", "fields"),
    [
        (OIDC.replace("https://id", "http://id") + GROUPS, ["oidc.issuer"]),
        (OIDC.replace("https://id.example", "id.example") + GROUPS, ["oidc.issuer"]),
        (OIDC + "[oidc.groups]\n", ["oidc.groups"]),
        (OIDC, ["oidc.groups"]),
    ],
)
def test_a_provider_that_gives_no_certain_role_is_refused(file: Path, oidc: str, fields: list[str]) -> None:
    pages = f'[pages]\nurl = "https://pages.example"\n{PROXY}'
    assert wrong_fields(file, f"{NODE}{pages}[oidc]\n{oidc}") == fields


def test_a_role_that_there_is_not_is_refused(file: Path) -> None:
    pages = f'[pages]\nurl = "https://pages.example"\n{PROXY}'
    (field,) = wrong_fields(file, f'{NODE}{pages}[oidc]\n{OIDC}[oidc.groups]\nlawyers = ["king"]\n')
    assert field.startswith("oidc.groups")


def test_a_provider_without_pages_is_refused(file: Path) -> None:
    assert wrong_fields(file, f"{NODE}[oidc]\n{OIDC}{GROUPS}") == ["oidc"]
