"""The command tree, and the one place where an error becomes a line and an exit code."""

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from comity.adapters.files import disk_error
from comity.base.errors import ComityError, Malformed
from comity.cli import (
    backup,
    case,
    case_answers,
    case_emergency,
    case_notice,
    case_onward,
    case_orders,
    case_rights,
    case_secrecy,
    case_view,
    check,
    directory,
    disclosure_pack,
    emergency,
    evidence,
    exchange,
    exchange_resume,
    export_case,
    health,
    init,
    law,
    log,
    objects,
    output,
    oversight,
    party,
    people,
    retention,
    serve,
    simulate,
    statistics,
    token,
    verify,
)
from comity.cli.demo import command as demo

app = typer.Typer(
    name="comity",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    help=(
        "Requests for electronic evidence between States: checked against the treaty, signed, sealed, clocked and "
        "provable.\n\nBegin with: comity demo"
    ),
)
app.command("demo")(demo.demo)
app.command("check")(check.check)
app.add_typer(law.app, name="law")
app.add_typer(party.app, name="party")
app.command("init")(init.init)
app.command("serve")(serve.serve)
app.command("work")(serve.work_command)
app.command("health")(health.health)
app.command("migrate")(serve.migrate_command)
app.command("backup")(backup.backup)
app.command("restore")(backup.restore)
app.command("simulate")(simulate.simulate)
app.add_typer(directory.app, name="directory")
app.add_typer(case.app, name="case")
for more in (
    *(case_answers.app, case_emergency.app, case_notice.app, case_onward.app, case_orders.app, case_rights.app),
    *(case_secrecy.app, case_view.app),
):
    case.app.add_typer(more)  # without a name: commands of "case" too
app.add_typer(evidence.app, name="evidence")
app.add_typer(exchange.app, name="exchange")
exchange.app.add_typer(exchange_resume.app)
app.add_typer(emergency.app, name="emergency")
app.add_typer(log.app, name="log")
app.add_typer(objects.app, name="objects")
app.add_typer(people.app, name="people")
app.add_typer(oversight.app, name="oversight")
app.add_typer(retention.app, name="retention")
app.add_typer(statistics.app, name="statistics")
app.add_typer(token.app, name="token")
app.add_typer(verify.app, name="verify")
case.app.command("export")(export_case.export)
case.app.command("disclosure-pack")(disclosure_pack.disclosure_pack)

_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Run a command line; its exit code. Errors go to standard error, or as JSON to standard output with --json."""
    as_json = "--json" in arguments
    try:
        code = app(list(arguments), prog_name="comity", standalone_mode=False)
        if code == _INTERRUPTED:  # typer makes this of Ctrl-C
            output.say("stopped")
        return code if isinstance(code, int) else 0
    except ComityError as error:
        return _told(error, as_json)
    except typer.TyperException as error:
        if error.format_message().startswith("Usage: "):  # nothing was typed after the name of a group of commands
            output.say_lines(error.format_message())
            return Malformed.exit_code
        return _told(_usage(error), as_json)
    except typer.Abort:
        output.say("stopped")
        return _INTERRUPTED
    except OSError as error:
        if error.filename is None:  # standard output has no name, and would be flushed again at the end
            output.give_up()
            as_json = False
        return _told(disk_error(error, Path(str(error.filename)) if error.filename else None), as_json)


def _told(problem: ComityError, as_json: bool) -> int:
    output.error(problem, as_json=as_json)
    return problem.exit_code


def _usage(error: typer.TyperException) -> Malformed:
    """A mistake on the command line, in one line, with the command whose help says more."""
    command = getattr(getattr(error, "ctx", None), "command_path", "comity")
    said = " ".join(error.format_message().split()).replace("Value error, ", "").rstrip(".")
    return Malformed(said, hint=f"see: {command} --help")


def run() -> None:
    """The `comity` program."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
