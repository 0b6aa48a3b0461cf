"""`comity case`: questions on an order, its lifting, and oversight's stop, from a terminal."""

import typer

from comity.cases.case import Case
from comity.cli.case import Reasons
from comity.cli.case_step import Step, Text, step
from comity.workflows import clarify_order, freeze_case, lift_order

app = typer.Typer()


@step(app, "question")
def question(at: Step, *, text: Text) -> Case:
    """As a provider: ask the authority what its order means. The order stands; to object is another command.

    \b
    Example: comity case question 77b0 -c provider/comity.toml --as lee --text "which of the two accounts?"
    """
    return clarify_order.question(at.office, at.person, at.case, text=text)


@step(app, "clarify")
def clarify(at: Step, *, text: Text) -> Case:
    """As the authority: answer the provider's question about your order.

    \b
    Example: comity case clarify 4f2a -c xb/comity.toml --as dan --text "the one of 192.0.2.45"
    """
    return clarify_order.clarify(at.office, at.person, at.case, text=text)


@step(app, "lift")
def lift(at: Step, *, reasons: Reasons) -> Case:
    """Lift your order, once the request was withdrawn or refused or has lapsed: the provider lets the copies go.

    \b
    Example: comity case lift 4f2a -c xb/comity.toml --as dan --reasons "the request was withdrawn"
    """
    return lift_order.lift(at.office, at.person, at.case, reasons=reasons)


@step(app, "let-go")
def let_go(at: Step, *, text: Text) -> Case:
    """As a provider: confirm that you keep nothing any more for an order that was lifted.

    \b
    Example: comity case let-go 77b0 -c provider/comity.toml --as lee --text "deleted on 9 December"
    """
    return lift_order.let_go(at.office, at.person, at.case, text=text)


@step(app, "freeze")
def freeze(at: Step, *, reasons: Reasons) -> Case:
    """As oversight: stop all that would send, disclose or let go anything of a case. The other State is not told.

    Preservation is ordered and confirmed all the same, and what comes is entered. Only oversight lifts it.

    \b
    Example: comity case freeze 4f2a -c xb/comity.toml --as otto --reasons "a complaint says it is about a journalist"
    """
    return freeze_case.freeze(at.office, at.person, at.case, reasons=reasons)


@step(app, "unfreeze")
def unfreeze(at: Step, *, reasons: Reasons) -> Case:
    """As oversight: let a frozen case go on. What was held goes out.

    \b
    Example: comity case unfreeze 4f2a -c xb/comity.toml --as otto --reasons "the complaint was looked into"
    """
    return freeze_case.unfreeze(at.office, at.person, at.case, reasons=reasons)
