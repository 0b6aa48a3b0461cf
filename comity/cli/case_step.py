"""The options that every step in a case shares, in one place: which case, which node, who acts, how it is told.

`step` makes a command of a function that says only what is its own: the options beside these, and what is done.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final, get_type_hints

import typer

from comity.base.ids import CaseId
from comity.cases.case import Case
from comity.cli.case_view import CaseId as CaseArgument
from comity.cli.case_view import tell
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.workflows import read_cases
from comity.workflows.office import Office

Text = Annotated[str, typer.Option(help="What is said, in a sentence or more.")]
DAY: Final = ["%Y-%m-%d"]


@dataclass(frozen=True, slots=True)
class Step:
    """Where a command acts: the node's office, the person, and the case by its whole id."""

    office: Office
    person: str
    case: CaseId


def day_of(moment: datetime) -> date:
    return moment.replace(tzinfo=UTC).date()


def step(app: typer.Typer, name: str) -> Callable[[Callable[..., Case]], Callable[..., Case]]:
    """Make `app`'s command `name` of `work(at: Step, *, its own options) -> Case`, whose docstring is its help.

    The command finds the case by the end of its id, and tells it as it stands afterwards.
    """

    def register(work: Callable[..., Case]) -> Callable[..., Case]:
        def command(
            *,
            case_id: str,
            config: Any,
            person: str,
            passphrase_file: Any,
            as_json: bool,
            **own: Any,
        ) -> None:
            with opened(config, passphrase_file) as node:
                found = read_cases.find(node.office, case_id)
                tell(work(Step(node.office, person, found.id), **own), as_json)

        hints = get_type_hints(work, include_extras=True)
        own = [one for name, one in inspect.signature(work).parameters.items() if name != "at"]
        taken = [
            _option("case_id", CaseArgument),
            _option("config", Config),
            _option("person", Person),
            *(_option(one.name, hints[one.name], one.default) for one in own),
            _option("passphrase_file", PassphraseFile, None),
            _option("as_json", Json, False),
        ]
        command.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]
        command.__annotations__ = {one.name: one.annotation for one in taken}
        command.__doc__ = work.__doc__
        app.command(name)(command)
        return work

    return register


def _option(name: str, kind: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
