"""The one place that reads the law data packaged with this folder; each file is read once.

Nothing outside the package is ever opened here.
"""

from functools import cache
from importlib import resources

PACKAGE = "comity.treaty"
FILE_LIMIT = 262_144
"""No packaged file may be larger, in bytes; parsers are given it as their limit."""


@cache
def packaged(name: str) -> bytes:
    """The bytes of a file of this folder, as 'periods.toml' or 'declarations/xa.toml'."""
    return resources.files(PACKAGE).joinpath(*name.split("/")).read_bytes()


def of_instrument(instrument: str, name: str) -> str:
    """Where a file of an instrument's rule book stands: 'articles.toml' for the Convention, whose `instrument` is '',
    and 'budapest/articles.toml' for 'budapest'."""
    return f"{instrument}/{name}" if instrument else name


@cache
def declared() -> tuple[str, ...]:
    """The codes, in small letters, of the States that have a file in `declarations/`."""
    folder = resources.files(PACKAGE).joinpath("declarations")
    return tuple(sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml")))
