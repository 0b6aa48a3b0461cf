"""`comity law`: what of the treaty is carried, and which legal basis stands open between two States."""

import typer

from comity.cli.law_basis import basis
from comity.cli.law_coverage import coverage

app = typer.Typer(no_args_is_help=True, help="The law: what is carried, and what stands open between two States.")
app.command("coverage")(coverage)
app.command("basis")(basis)
