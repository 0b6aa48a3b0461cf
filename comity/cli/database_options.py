"""Which database a new node gets: the options that `init` and `restore` share."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.config import DatabaseTable
from comity.base.errors import Malformed

DatabaseUrl = Annotated[
    str, typer.Option(help="A PostgreSQL database, empty: postgresql://USER@HOST/NAME; else a file in the folder.")
]
PasswordFile = Annotated[
    Path | None, typer.Option(help="A file with its password; it is read each time and not copied.")
]


def database_table(url: str, password_file: Path | None) -> DatabaseTable:
    """Raises Malformed for a password without an address."""
    if not url and password_file is not None:
        raise Malformed("it is for --database-url", where="--database-password-file", hint="a file has no password")
    return DatabaseTable(url=url, password_file=str(password_file.resolve()) if password_file else "")
