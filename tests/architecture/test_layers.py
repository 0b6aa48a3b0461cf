"""The contracts of .importlinter hold, and would notice if they did not.

The faults are planted in a skeleton: an empty package for each layer, checked by the same file of contracts.
"""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LINTER = Path(sys.executable).with_name("lint-imports")

FAULTS = {
    "base-uses-treaty": ("base/errors.py", "import comity.treaty"),
    "treaty-uses-crypto": ("treaty/rules.py", "from comity import crypto"),
    "cases-uses-exchange": ("cases/case.py", "import comity.exchange"),
    "exchange-uses-transparency-for-types": (
        "exchange/receipt.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import comity.transparency",
    ),
    "workflows-uses-an-adapter": ("workflows/office.py", "import comity.adapters"),
    "adapters-uses-wiring-inside-a-function": ("adapters/clock.py", "def now() -> None:\n    import comity.wiring"),
    "node-uses-cli": ("node/app.py", "import comity.cli"),
    "a-command-other-than-serve-uses-node": ("cli/case.py", "import comity.node.app"),
    "a-command-reads-the-words-of-the-pages": ("cli/case_next.py", "import comity.web.words"),
    "docket-uses-an-adapter": ("docket/todo.py", "import comity.adapters"),
    "treaty-asks-the-time": ("treaty/periods.py", "import time"),
    "crypto-draws-chance": ("crypto/age.py", "from secrets import token_bytes"),
    "cases-logs": ("cases/machine.py", "import logging"),
    "evidence-reads-the-disk": ("evidence/bag.py", "import os.path"),
    "exchange-opens-a-socket": ("exchange/envelope.py", "import urllib.request"),
    "a-package-nobody-placed": ("utils/__init__.py", "TEXT = ''"),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([LINTER, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def skeleton(root: Path, tmp_path: Path) -> Path:
    """A package `comity` with nothing in it but its layers, and the one import that the contracts except."""
    shutil.copy(root / ".importlinter", tmp_path)
    contracts = configparser.ConfigParser()
    contracts.read(root / ".importlinter")
    names = contracts["importlinter:contract:layers"]["layers"].replace("|", " ").split()
    for name in ("", *names):
        package = tmp_path / "comity" / name
        package.mkdir()
        (package / "__init__.py").touch()
    (tmp_path / "comity/node/app.py").touch()
    (tmp_path / "comity/cli/serve.py").write_text("import comity.node.app\n", encoding="utf-8")
    return tmp_path


def test_comity_keeps_its_contracts(root: Path) -> None:
    done = lint(root)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_skeleton_without_a_fault_keeps_them(skeleton: Path) -> None:
    done = lint(skeleton)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_breaks_a_contract(skeleton: Path, fault: str) -> None:
    name, text = FAULTS[fault]
    file = skeleton / "comity" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")
    done = lint(skeleton)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout or "comity.utils" in done.stdout


def test_neighbours_that_import_each_other_break_a_contract(skeleton: Path) -> None:
    cases = skeleton / "comity" / "cases"
    (cases / "events.py").write_text("import comity.cases.machine\n", encoding="utf-8")
    (cases / "machine.py").write_text("import comity.cases.events\n", encoding="utf-8")
    assert lint(skeleton).returncode == 1


def test_every_layer_below_workflows_is_held_to_be_pure(root: Path) -> None:
    contracts = configparser.ConfigParser()
    contracts.read(root / ".importlinter")
    layers = contracts["importlinter:contract:layers"]["layers"].replace("|", " ").split()
    below = layers[layers.index("workflows") + 1 :]
    pure = contracts["importlinter:contract:pure"]["source_modules"].split()
    assert sorted(pure) == sorted(f"comity.{name}" for name in below)
