"""Who is at the terminal, and which node."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path

import typer

from comity.adapters.config import read_config
from comity.adapters.files import read_limited
from comity.base.errors import Malformed
from comity.cli import output
from comity.cli.options import PASSPHRASE_VARIABLE
from comity.exchange.directory import Use
from comity.wiring import Node, open_node

PASSPHRASE_LIMIT = 4096


def read_passphrase(file: Path | None, *, new: bool = False) -> bytes:
    """From a file, or asked for at a terminal (twice for a new one). Raises Malformed where neither is there."""
    if file is not None:
        return read_limited(file, PASSPHRASE_LIMIT).rstrip(b"\r\n")
    if not sys.stdin.isatty():
        raise Malformed(
            "no passphrase was given", hint=f"--passphrase-file FILE, or the variable {PASSPHRASE_VARIABLE}"
        )
    typed = getpass("Passphrase of the node's keys: ")
    if new and getpass("The same again: ") != typed:
        raise Malformed("the two passphrases differ", hint="type the same one twice")
    return typed.encode()


@contextmanager
def opened(config: Path, passphrase_file: Path | None, *, unlock: tuple[Use, ...] = (Use.TRANSPORT,)) -> Iterator[Node]:
    """The node of a configuration, with a banner in an exercise. A key is opened even where none is needed: whoever
    types a wrong passphrase is told so, and sees nothing."""
    read_config(config)  # what is wrong with it is told before a passphrase is asked for
    node = open_node(config, read_passphrase(passphrase_file), unlock=unlock)
    if node.office.mode.stamp:
        output.say(f"[bold]{node.office.mode.stamp}[/] at {node.office.node}: nothing here is live")
    try:
        yield node
    finally:
        node.close()


def ask_for_yes(question: str, *, look_first: str) -> None:
    """Go on only once a person has said yes. Raises Malformed where nobody can be asked, Abort for a no."""
    if not at_terminal():
        raise Malformed("nobody is there to confirm it", where="--yes", hint=f"look first: {look_first}")
    typer.confirm(question, abort=True, err=True)


def at_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and "CI" not in os.environ
