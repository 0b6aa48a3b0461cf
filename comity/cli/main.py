"""The command tree, and the one place where an error becomes a line and an exit code."""

import errno
import sys
from collections.abc import Sequence

import click
import typer

from comity.base.errors import ComityError, Malformed, Unavailable
from comity.cli import case, check, directory, evidence, init, log, output, party, serve
from comity.cli.demo import command as demo

app = typer.Typer(
    name="comity",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help=(
        "Requests for electronic evidence between States: checked against the treaty, signed, sealed, clocked and "
        "provable.\n\nBegin with: comity demo"
    ),
)
app.command("demo")(demo.demo)
app.command("check")(check.check)
app.add_typer(party.app, name="party")
app.command("init")(init.init)
app.command("serve")(serve.serve)
app.command("migrate")(serve.migrate_command)
app.add_typer(directory.app, name="directory")
app.add_typer(case.app, name="case")
app.add_typer(evidence.app, name="evidence")
app.add_typer(log.app, name="log")

_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run a command line; its exit code. Errors go to standard error, or as JSON to standard output with --json."""
    as_json = "--json" in arguments
    try:
        code = app(list(arguments), standalone_mode=False)
        return code if isinstance(code, int) else 0
    except ComityError as error:
        output.error(error, as_json=as_json)
        return error.exit_code
    except click.UsageError as error:
        problem = Malformed(error.format_message(), hint=_usage_hint(error))
        output.error(problem, as_json=as_json)
        return problem.exit_code
    except click.exceptions.Exit as error:
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        output.say("stopped")
        return _INTERRUPTED
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        what = "the disk is full" if full else error.strerror or "the system refused"
        output.error(
            Unavailable(what, where=str(error.filename or ""), hint="nothing half-done stays"), as_json=as_json
        )
        return Unavailable.exit_code


def _usage_hint(error: click.UsageError) -> str:
    return f"see: {error.ctx.command_path} --help" if error.ctx else "see: comity --help"


def run() -> None:
    """The `comity` program."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
