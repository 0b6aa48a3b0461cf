"""What is typed at a terminal and what comes back, for tests that work on real folders."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from comity.cli.main import main
from comity.wiring import open_node
from comity.workflows import draft_request, keep_directory
from tests.simulators.world import XB, new_world, preservation

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


def with_draft(folder: Path, *people: str) -> list[str]:
    """A new authority of XA, where anna drafted a request to XB; the options that name its node."""
    made = new_authority(folder, "XA", "anna=duty_officer", "bo=case_lawyer,operator", *people)
    options = ["--config", str(made / "comity.toml"), "--passphrase-file", str(folder / "passphrase")]
    peer = next(one for one in keep_directory.show(new_world().xb.office) if one.value.state == "XB")
    opened = open_node(made / "comity.toml", PASSPHRASE.strip().encode())
    with opened.office.store.transaction() as tx:
        tx.directory.put("XB", peer.data, fingerprint=peer.fingerprint, by="bo", at=opened.office.clock.now())
    draft_request.draft(opened.office, "anna", preservation(), XB)
    opened.close()
    return options


def chosen(node: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The node that commands are about where they name none."""
    monkeypatch.setenv("COMITY_PASSPHRASE_FILE", str(node.parent / "passphrase"))
    monkeypatch.setenv("COMITY_CONFIG", str(node / "comity.toml"))
    return node
