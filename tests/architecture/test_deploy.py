"""What deploy/ and docs/operations.md tell an operator to use is there: files parse, commands and options exist."""

import configparser
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml  # type: ignore[import-untyped]

from comity.adapters.config import Config
from comity.adapters.config_objects import mistakes_in
from comity.base.mode import Mode
from comity.base.parsing import read_toml
from comity.cli.main import tree

NODE = b"""format = 1
[node]
id = "XA/central-authority"
role = "authority"
mode = "live"
name = "XA"
url = "https://node.example"
[log]
origin = "log.example/xa"
"""


def check_command(words: list[str]) -> None:
    """Raise click.UsageError unless `comity WORDS` names a command with options and arguments that it takes."""
    command: Any = typer.main.get_command(tree())
    context = None
    while hasattr(command, "resolve_command") and words:
        context = command.make_context("comity", words[:1], parent=context, resilient_parsing=True)
        name, command, words = command.resolve_command(context, words)
        if command is None:
            raise click.UsageError(f"there is no command {name}")
    command.make_context("comity", list(words), parent=context).close()


def compose(root: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((root / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    return found


def in_units(root: Path) -> Iterator[tuple[str, list[str]]]:
    for unit in sorted((root / "deploy" / "systemd").glob("*.service")):
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.optionxform = str  # type: ignore[assignment, method-assign]
        parser.read(unit, encoding="utf-8")
        assert {"Unit", "Service"} <= set(parser.sections()), unit.name
        words = shlex.split(parser["Service"]["ExecStart"].replace("%i", "1"))
        if words[:2] == ["/bin/sh", "-c"]:
            words = shlex.split(re.sub(r"\$\([^)]*\)", "TODAY", words[2]))
        assert words[0] == "/opt/comity/bin/comity", unit.name
        yield unit.name, words[1:]


def in_page(root: Path) -> Iterator[list[str]]:
    """The commands in the page's code."""
    text = (root / "docs" / "operations.md").read_text(encoding="utf-8")
    for found in re.findall(r"`comity ([a-z][^`]*)`", text):
        yield shlex.split(found)


def test_every_unit_starts_a_command_with_options_that_it_takes(root: Path) -> None:
    found = dict(in_units(root))
    assert {"comity-serve@.service", "comity-work@.service", "comity-backup.service"} <= set(found)
    for words in found.values():
        check_command(words)


def test_the_compose_file_parses_and_its_services_hang_together(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = compose(root)
    for name, value in found["x-comity"]["environment"].items():
        monkeypatch.setenv(name, value)
    assert {"serve", "work", "database", "objects"} <= set(found["services"])
    for service in found["services"].values():
        if service.get("command", [""])[0] == "comity":
            check_command(service["command"][1:])
        assert set(service.get("secrets", ())) <= set(found["secrets"])
        assert set(service.get("depends_on", ())) <= set(found["services"])
        assert {volume.split(":")[0] for volume in service.get("volumes", ())} <= set(found["volumes"])


def test_the_timer_is_of_a_unit_that_is_there(root: Path) -> None:
    for timer in (root / "deploy" / "systemd").glob("*.timer"):
        assert timer.with_suffix(".service").is_file()


def test_every_command_that_the_page_names_is_there(root: Path) -> None:
    found = [words[0] for words in in_page(root)]
    assert {"health", "objects", "serve", "work"} <= set(found)
    whole: Any = typer.main.get_command(tree())
    for words in in_page(root):
        command = whole
        for word in words:
            if not hasattr(command, "commands") or not command.commands:
                break
            command = command.commands.get(word)
            assert command is not None, words


def test_what_the_page_writes_into_the_configuration_is_right(root: Path) -> None:
    text = (root / "docs" / "operations.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert blocks
    for block in blocks:
        lines = "\n".join(line.strip() for line in block.splitlines())
        config = read_toml(NODE + lines.encode(), Config, limit=9999, what="the page")
        assert config.objects is None or mistakes_in(config.objects, Mode.LIVE) == []


@pytest.mark.parametrize("words", [["serv"], ["serve", "--no-such-option"], ["log", "no-such"], ["objects", "chck"]])
def test_a_command_that_is_not_there_is_found(words: list[str]) -> None:
    with pytest.raises(Exception, match=r"(?i)no such|there is no"):
        check_command(words)
