"""What is typed at a terminal and what comes back, for tests that work on real folders."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from comity.cli.main import main

PASSPHRASE = "correct horse battery staple\n"


def run(arguments: Sequence[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> Any:
    """What a command prints as JSON; its exit code is as expected."""
    capsys.readouterr()
    came = main([*arguments, "--json"])
    out = capsys.readouterr().out
    assert came == code, out
    return json.loads(out.splitlines()[-1])


def said(arguments: Sequence[str], capsys: pytest.CaptureFixture[str], code: int = 0) -> str:
    """What a command tells a person, on both outputs; its exit code is as expected."""
    capsys.readouterr()
    came = main(list(arguments))
    out, talk = capsys.readouterr()
    assert came == code, out + talk
    return out + talk


def new_authority(folder: Path, state: str, *people: str) -> Path:
    """A new authority's node in a folder, with the passphrase in a file beside it."""
    (folder / "passphrase").write_text(PASSPHRASE, encoding="utf-8")
    named = [word for one in people for word in ("--person", one)]
    key = ["--passphrase-file", str(folder / "passphrase")]
    made = folder / state.lower()
    assert main(["init", str(made), "--role", "authority", "--state", state, *named, *key]) == 0
    return made


def chosen(node: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The node that commands are about where they name none."""
    monkeypatch.setenv("COMITY_PASSPHRASE_FILE", str(node.parent / "passphrase"))
    monkeypatch.setenv("COMITY_CONFIG", str(node / "comity.toml"))
    return node
