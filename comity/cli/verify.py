"""`comity verify`: check what somebody handed over, offline and without a node."""

import typer

from comity.cli import verify_disclosure, verify_export, verify_log, verify_statistics

app = typer.Typer(no_args_is_help=True, help="Check offline what was handed over: a case export, and more.")
app.command("export")(verify_export.export)
app.command("disclosure")(verify_disclosure.disclosure)
app.command("proof")(verify_log.proof)
app.command("checkpoint")(verify_log.checkpoint)
app.command("log")(verify_log.log)
app.command("letter")(verify_log.letter)
app.command("statistics")(verify_statistics.statistics)
