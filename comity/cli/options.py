"""The options that commands share."""

from pathlib import Path
from typing import Annotated, Final

import typer

PASSPHRASE_VARIABLE: Final = "COMITY_PASSPHRASE_FILE"  # noqa: S105 - its name, not the passphrase

Config = Annotated[
    Path, typer.Option("--config", "-c", envvar="COMITY_CONFIG", help="The node's comity.toml.", show_default=False)
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", envvar=PASSPHRASE_VARIABLE, help="A file with the passphrase; else it is asked for."
    ),
]
Person = Annotated[str, typer.Option("--as", help="Who acts: a person named under [[people]] in the configuration.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
