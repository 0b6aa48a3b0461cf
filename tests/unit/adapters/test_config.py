"""comity.toml: every mistake named with its line, several at once; what was written reads back the same."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comity.adapters.config import (
    CONFIG_LIMIT,
    Config,
    EvidenceTable,
    LogTable,
    NodeTable,
    PersonTable,
    read_config,
    write_config,
)
from comity.base.errors import Malformed, Mistake, NotFound, TooLarge
from comity.base.mode import Mode
from comity.exchange.message import Role
from comity.workflows.access import PersonRole

GOOD = """\
format = 1

[node]
id = "XA/central-authority"
role = "authority"
mode = "exercise"
name = "Central Authority of XA"
url = "http://127.0.0.1:8400"

[log]
origin = "exercise.comity.example/XA/central-authority"
witnesses = ["XC/observatory"]
witnesses_needed = 1

[[people]]
id = "anna"
roles = ["duty_officer"]

[[people]]
id = "bo"
roles = ["case_lawyer", "operator"]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "comity.toml"


def mistakes(file: Path, text: str) -> list[tuple[str, int]]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Malformed) as refused:
        read_config(file)
    assert refused.value.exit_code == 64
    assert refused.value.where.startswith(str(file))
    assert refused.value.hint
    return [(one.field, one.line) for one in refused.value.mistakes]


def test_a_good_file_is_read(file: Path) -> None:
    file.write_text(GOOD, encoding="utf-8")
    config = read_config(file)
    assert config.node.mode is Mode.EXERCISE
    assert [person.id for person in config.people] == ["anna", "bo"]
    assert config.server.port == 8400


@pytest.mark.parametrize(
    ("line", "wrong", "field"),
    [
        (1, "format = 2", "format"),
        (4, 'id = "xa"', "node.id"),
        (5, 'role = "king"', "node.role"),
        (6, 'mode = "trial"', "node.mode"),
        (7, "name = 7", "node.name"),
        (8, 'url = "http://198.51.100.7:80"', "node.url"),
        (8, 'url = "ftp://127.0.0.1"', "node.url"),
        (8, 'url = "http://[::1"', "node.url"),
        (8, 'url = "http://127.0.0.1:99999"', "node.url"),
        (8, 'url = "http://user:word@127.0.0.1/"', "node.url"),
        (11, 'origin = "has a space"', "log.origin"),
        (12, 'witnesses = ["observatory"]', "log.witnesses"),
        (13, "witnesses_needed = 2", "log.witnesses_needed"),
        (16, 'id = "Anna B."', "people[0].id"),
        (17, 'roles = ["emperor"]', "people[0].roles[0]"),
        (17, 'rolls = ["duty_officer"]', "people[0].rolls"),
    ],
)
def test_a_mistake_is_named_with_its_line(file: Path, line: int, wrong: str, field: str) -> None:
    lines = GOOD.splitlines()
    lines[line - 1] = wrong
    assert (field, line) in mistakes(file, "\n".join(lines))


def test_several_mistakes_are_all_named_in_one_go(file: Path) -> None:
    text = GOOD.replace('role = "authority"', 'role = "king"').replace('id = "anna"', "id = 5\ncolour = 'red'")
    assert mistakes(file, text) == [("node.role", 5), ("people[0].id", 16), ("people[0].colour", 17)]


def test_several_mistakes_of_meaning_are_all_named_in_one_go(file: Path) -> None:
    text = GOOD.replace('"XA/central-authority"', '"nowhere"').replace("witnesses_needed = 1", "witnesses_needed = 9")
    text = text.replace('id = "bo"', 'id = "anna"')
    found = mistakes(file, text)
    assert [field for field, _ in found] == ["node.id", "people", "log.witnesses_needed"]
    assert dict(found)["node.id"] == 4
    assert dict(found)["log.witnesses_needed"] == 13


def test_what_is_not_toml_is_named_with_its_line(file: Path) -> None:
    assert mistakes(file, GOOD.replace("[log]", "[log")) == [("", 10)]


def test_what_is_not_text_is_named_with_its_line(file: Path) -> None:
    file.write_bytes(GOOD.encode().replace(b"Central", b"\xff\xfe"))
    with pytest.raises(Malformed, match="not UTF-8") as refused:
        read_config(file)
    assert refused.value.mistakes == (Mistake("", "not UTF-8 text", 7),)


def test_a_missing_table_is_named(file: Path) -> None:
    start, _, rest = GOOD.partition("[log]")
    assert ("log", 1) in mistakes(file, start + rest[rest.index("[[people]]") :])


def test_a_live_node_is_reached_by_https_and_not_on_loopback(file: Path) -> None:
    live = GOOD.replace('mode = "exercise"', 'mode = "live"')
    assert mistakes(file, live) == [("node.url", 8)]
    assert mistakes(file, live.replace("http://", "https://")) == [("node.url", 8)]
    file.write_text(live.replace("http://127.0.0.1:8400", "https://node.example"), encoding="utf-8")
    assert read_config(file).node.mode is Mode.LIVE


def test_a_file_that_is_missing_or_too_large_is_named(file: Path) -> None:
    with pytest.raises(NotFound) as missing:
        read_config(file)
    assert missing.value.where == str(file)
    file.write_text("#" * (CONFIG_LIMIT + 1), encoding="utf-8")
    with pytest.raises(TooLarge):
        read_config(file)


_NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(name=_NAMES, roles=st.lists(st.sampled_from(list(PersonRole)), max_size=4), pad=st.integers(1, 4096))
def test_what_is_written_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, name: str, roles: list[PersonRole], pad: int
) -> None:
    config = Config(
        format=1,
        node=NodeTable("XA/provider-1", Role.PROVIDER, Mode.EXERCISE, name, "http://127.0.0.1:8400"),
        log=LogTable("exercise.comity.example/log", pad_to=pad, witnesses=("XC/observatory",), witnesses_needed=1),
        people=(PersonTable("lee", tuple(roles)),),
    )
    file = tmp_path_factory.getbasetemp() / "written.toml"
    file.write_bytes(write_config(config))
    assert read_config(file) == config


def test_the_table_for_evidence_has_a_default_for_everything_and_refuses_what_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "comity.toml"
    file.write_text(GOOD)
    assert read_config(file).evidence == EvidenceTable("", 0, 64 * 1024 * 1024)
    file.write_text(GOOD + '\n[evidence]\ntime_authority = "https://tsa.example/"\nmost_bytes_a_case = 5\n')
    assert read_config(file).evidence == EvidenceTable("https://tsa.example/", 5, 64 * 1024 * 1024)
    file.write_text(GOOD + "\n[evidence]\nmost_bytes_a_case = -1\n")
    with pytest.raises(Malformed):
        read_config(file)


def with_database(lines: str) -> str:
    return GOOD.replace("[log]\n", f"[database]\n{lines}\n[log]\n", 1)


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ('url = "postgresql://anna:secret@host/comity"', "database.url"),
        ('url = "mysql://host/comity"', "database.url"),
        ('url = "postgresql://host"', "database.url"),
        ('url = "postgresql://host/comity"\npath = "other.db"', "database.path"),
        ('password_file = "password"', "database.password_file"),
        ('path = ""', "database.path"),
        ('path = "comity.toml"', "database.path"),
    ],
)
def test_a_mistake_about_the_database_is_named_with_its_line(file: Path, lines: str, field: str) -> None:
    found = mistakes(file, with_database(lines))
    assert [one for one, _ in found] == [field]
    assert found[0][1] > 9


@pytest.mark.parametrize(
    "lines",
    ['path = "other.db"', 'url = "postgresql://anna@one,two/comity?sslmode=verify-full"\npassword_file = "/etc/p"'],
)
def test_where_the_database_is_reads_back_as_it_was_written(file: Path, lines: str) -> None:
    file.write_text(with_database(lines), encoding="utf-8")
    config = read_config(file)
    file.write_bytes(write_config(config))
    assert read_config(file).database == config.database
