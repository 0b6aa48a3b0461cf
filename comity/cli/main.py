"""The command tree, and the one place where an error becomes a line and an exit code."""

import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

import typer

from comity.adapters.files import disk_error
from comity.base.errors import ComityError, Malformed
from comity.cli import output

_COMMANDS: Final = {
    "demo": "demo.command:demo",
    "check": "check:check",
    "init": "init:init",
    "serve": "serve:serve",
    "work": "serve:work_command",
    "health": "health:health",
    "migrate": "serve:migrate_command",
    "backup": "backup:backup",
    "restore": "backup:restore",
    "simulate": "simulate:simulate",
}
_GROUPS: Final = {
    "law": "law",
    "party": "party",
    "directory": "directory",
    "case": "case_tree",
    "evidence": "evidence",
    "exchange": "exchange",
    "emergency": "emergency",
    "log": "log",
    "objects": "objects",
    "people": "people",
    "oversight": "oversight",
    "retention": "retention",
    "statistics": "statistics",
    "token": "token",
    "verify": "verify",
}
_HELP: Final = (
    "Requests for electronic evidence between States: checked against the treaty, signed, sealed, clocked and "
    "provable.\n\nBegin with: comity demo"
)
_INTERRUPTED: Final = 130


def tree(only: str = "") -> typer.Typer:
    """All commands; with the name of one, or of a group, that alone: what it does not need is not loaded, which is most
    of the time that a short command takes."""
    app = typer.Typer(
        name="comity",
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["--help", "-h"]},
        help=_HELP,
    )
    app.callback()(_nothing)  # so that one command alone is called by its name too
    known = only in _COMMANDS or only in _GROUPS
    for name, place in _COMMANDS.items():
        if not known or name == only:
            module, _, function = place.partition(":")
            app.command(name)(getattr(import_module(f"comity.cli.{module}"), function))
    for name, module in _GROUPS.items():
        if not known or name == only:
            app.add_typer(import_module(f"comity.cli.{module}").app, name=name)
    return app


def tree_for_good(only: str = "") -> typer.Typer:
    """The same, for a process that runs one command: what is loaded stays to its end, and to look for garbage among it
    takes a fifth of the time of a short command."""
    gc.disable()
    try:
        return tree(only)
    finally:
        gc.freeze()
        gc.enable()


def _nothing() -> None: ...


def main(arguments: Sequence[str], load: Callable[[str], typer.Typer] = tree) -> int:
    """Run a command line; its exit code. Errors go to standard error, or as JSON to standard output with --json."""
    as_json = "--json" in arguments
    try:
        code = load(arguments[0] if arguments else "")(list(arguments), prog_name="comity", standalone_mode=False)
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
    sys.exit(main(sys.argv[1:], tree_for_good))


if __name__ == "__main__":
    run()
