"""comity init: which configurations it makes, and which it refuses by naming the option."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from comity.adapters.config import read_config, write_config
from comity.base.errors import Malformed
from comity.base.mode import Mode
from comity.cli.init import new_config
from comity.cli.main import tree
from comity.exchange.message import Role

URL = "http://127.0.0.1:8401"


@pytest.mark.parametrize(
    ("role", "made"),
    [(Role.AUTHORITY, "XA/central-authority"), (Role.PROVIDER, "XA/provider"), (Role.WITNESS, "XA/witness")],
)
def test_a_role_gives_the_node_its_id_and_an_exercise_its_quick_unpadded_log(role: Role, made: str) -> None:
    config = new_config(role, "XA", "", "", URL, Mode.EXERCISE, [], [])
    assert (config.node.id, config.node.name, config.server.port) == (made, made, 8401)
    assert (config.log.origin, config.log.pad_to) == (f"exercise.comity.example/{made}", 1)
    assert config.log.witnesses_needed == 0


def test_a_live_node_pads_its_log_and_publishes_hourly() -> None:
    config = new_config(Role.AUTHORITY, "IS", "", "", "https://node.example", Mode.LIVE, [], ["NO/witness"])
    assert (config.log.pad_to, config.log.publish_seconds, config.log.witnesses_needed) == (256, 3600, 1)
    assert config.node.mode is Mode.LIVE
    assert not config.log.origin.startswith("exercise")


def test_people_are_named_with_their_roles() -> None:
    config = new_config(Role.AUTHORITY, "XA", "", "", URL, Mode.EXERCISE, ["anna=duty_officer,reviewer"], [])
    assert [(person.id, *person.roles) for person in config.people] == [("anna", "duty_officer", "reviewer")]


def test_what_it_makes_can_be_read_again(tmp_path: Path) -> None:
    config = new_config(Role.AUTHORITY, "XA", 'Ministry "A"', "", URL, Mode.EXERCISE, ["bo=operator"], ["XC/witness"])
    (tmp_path / "comity.toml").write_bytes(write_config(config))
    assert read_config(tmp_path / "comity.toml") == config


@pytest.mark.parametrize(
    ("option", "changed"),
    [
        ("--state", {"state": "FR"}),
        ("--state", {"state": "france"}),
        ("--state", {"mode": Mode.LIVE, "url": "https://node.example"}),
        ("--id", {"node": "FR/central-authority"}),
        ("--id", {"node": "XB/central-authority"}),
        ("--id", {"node": "central-authority"}),
        ("--url", {"url": "http://127.0.0.1:99999"}),
        ("--url", {"url": "http://node.example"}),
        ("--url", {"url": "node.example"}),
        ("--url", {"state": "IS", "mode": Mode.LIVE}),
        ("--person", {"people": ["anna"]}),
        ("--person", {"people": ["anna="]}),
        ("--person", {"people": ["anna=king"]}),
        ("--person", {"people": ["Anna=operator"]}),
        ("--person", {"people": ["=operator"]}),
        ("--witness", {"witnesses": ["observatory"]}),
    ],
)
def test_what_cannot_be_is_refused_by_the_name_of_its_option(option: str, changed: dict[str, object]) -> None:
    given: dict[str, object] = {"role": Role.AUTHORITY, "state": "XA", "name": "", "node": "", "url": URL}
    given |= {"mode": Mode.EXERCISE, "people": [], "witnesses": []} | changed
    with pytest.raises(Malformed) as refused:
        new_config(**given)  # type: ignore[arg-type]
    assert refused.value.where == option
    assert refused.value.hint


def test_without_a_terminal_and_without_a_file_there_is_no_passphrase_and_no_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COMITY_PASSPHRASE_FILE", raising=False)
    ran = CliRunner().invoke(tree(), ["init", str(tmp_path / "xa"), "--role", "authority", "--state", "XA"])
    assert isinstance(ran.exception, Malformed)
    assert ran.exception.what == "no passphrase was given"
    assert list(tmp_path.iterdir()) == []
