"""Other people's programs that comity is measured against: found, or named with what to install."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CalledProcessError
from typing import Final

__all__ = ["INSTALL", "CalledProcessError", "find", "missing", "run"]

INSTALL: Final[Mapping[str, str]] = {
    "age": "apt-get install age",
    "cedarpy": "make setup, or pip install 'cedarpy>=4.12'",
    "gpg": "apt-get install gnupg",
    "openssl": "apt-get install openssl",
    "postgresql": "apt-get install postgresql",
    "tar": "apt-get install tar",
    "strace": "apt-get install strace",
}


def find(name: str) -> str | None:
    """The program's path, or None where it is not installed."""
    return shutil.which(name)


def missing(name: str) -> str:
    """What to say of a program that is not there."""
    return f"{name} is not here and was left out; to compare with it: {INSTALL[name]}"


def run(arguments: Sequence[str | Path], *, data: bytes | None = None) -> bytes:
    """Run a program to its end; its standard output. Raises CalledProcessError."""
    done = subprocess.run(arguments, input=data, capture_output=True, check=True)
    return done.stdout
