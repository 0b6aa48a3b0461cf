"""`comity case`: one request's life, from a terminal."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited
from comity.base.counted import counted
from comity.cases.case import Case
from comity.cli import output
from comity.cli.case_step import DAY, Step, day_of, step
from comity.cli.case_view import CaseId, tell
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.treaty.request import REQUEST_LIMIT, read_request, read_scope
from comity.workflows import decide_request, draft_request, order_provider, read_cases, withdraw_request

app = typer.Typer(no_args_is_help=True, help="Cases: draft, approve, decide, order, answer.")

Reasons = Annotated[str, typer.Option(help="Why, in a sentence.")]


@app.command("draft")
def draft(
    file: Annotated[Path, typer.Argument(help="The request's facts, as a TOML file.")],
    config: Config,
    person: Person,
    to: Annotated[str, typer.Option(help="The requested State's node, as XB/central-authority.")],
    follows: Annotated[str, typer.Option(help="Our own earlier case of preservation, if this follows one.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a case from a request of ours. Nothing is sent until a second person approves.

    \b
    Example: comity case draft preservation.toml --config xa/comity.toml --as anna --to XB/central-authority
    """
    request = read_request(read_limited(file, REQUEST_LIMIT), str(file))
    with opened(config, passphrase_file) as node:
        if follows:
            follows = read_cases.find(node.office, follows).id
        tell(draft_request.draft(node.office, person, request, to, follows=follows), as_json)


@step(app, "approve")
def approve(at: Step, *, reasons: Reasons = "") -> Case:
    """Approve a draft as a second person; the rules are run again, and the request is signed, sealed and queued.

    \b
    Example: comity case approve 4f2a --config xa/comity.toml --as bo
    """
    return draft_request.approve(at.office, at.person, at.case, reasons=reasons)


@app.command("supply")
def supply(
    case_id: CaseId,
    file: Annotated[Path, typer.Argument(help="The request, mended, as a TOML file.")],
    config: Config,
    person: Person,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Write what the requested State asked for into the request. It is sent when a second person approves.

    \b
    Example: comity case supply 4f2a mended.toml --config xa/comity.toml --as bo
    """
    request = read_request(read_limited(file, REQUEST_LIMIT), str(file))
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        tell(draft_request.supply(node.office, person, found.id, request), as_json)


@step(app, "decide")
def decide(
    at: Step,
    *,
    rule: Annotated[str, typer.Option(help="The finding that waits, by its rule, as comity case show lists it.")],
    in_favour: Annotated[
        bool, typer.Option("--in-favour/--against", help="Whether the request may go on in spite of it.")
    ],
    decision: Annotated[str, typer.Option(help="What is decided, in a few words.")],
    reasons: Reasons,
) -> Case:
    """Answer a finding that needs a person. It is recorded with your name, your role and your reasons.

    A decision against keeps the request from being sent, granted or ordered; it is not yet a refusal.

    \b
    Example: comity case decide 4f2a -c xb/comity.toml --as rita --rule dual_criminality --in-favour \\
    --decision "the conduct is fraud here too" --reasons "section 13 of our Act covers deception through a website"
    """
    return decide_request.decide(
        at.office, at.person, at.case, rule=rule, in_favour=in_favour, decision=decision, reasons=reasons
    )


@app.command("grant")
def grant(
    case_id: CaseId,
    config: Config,
    person: Person,
    reasons: Reasons,
    condition: Annotated[list[str] | None, typer.Option(help="A condition; again for more (art. 40(28)).")] = None,
    scope: Annotated[
        Path | None, typer.Option(help="Grant in part: a TOML file with what remains, as [[measures]] of a request.")
    ] = None,
    left_out: Annotated[str, typer.Option(help="With --scope: what is left out, and why (art. 40(25)).")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Grant assistance, all or in part, with reasons and conditions if any; the requesting State is told.

    An order to a provider carries what was granted and no more; with conditions, once they are accepted.

    \b
    Example: comity case grant 4f2a --config xb/comity.toml --as rita --reasons "all conditions are met"
    """
    granted = read_scope(read_limited(scope, REQUEST_LIMIT), str(scope)) if scope else ()
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        moved = decide_request.grant(
            node.office,
            person,
            found.id,
            reasons=reasons,
            conditions=tuple(condition or ()),
            scope=granted,
            left_out=left_out,
        )
        tell(moved, as_json)


@step(app, "refuse")
def refuse(
    at: Step,
    *,
    ground: Annotated[str, typer.Option(help="The ground, in a few words.")],
    citation: Annotated[str, typer.Option(help="The paragraph it stands in, as 40(21)(b).")],
    reasons: Reasons,
    consulted_otherwise: Annotated[
        str,
        typer.Option(help="How the two States consulted first (art. 40(28)), where not by comity: when, with whom."),
    ] = "",
) -> Case:
    """Refuse, with the ground and the reasons; the requesting State is told (art. 40(25)).

    Consult first: comity case consult. Whether the two States did is read from the case.

    \b
    Example: comity case refuse 4f2a -c xb/comity.toml --as rita --ground "essential interests" \\
    --citation "40(21)(b)" --reasons "..."
    """
    return decide_request.refuse(
        at.office,
        at.person,
        at.case,
        ground=ground,
        citation=citation,
        reasons=reasons,
        consulted_otherwise=consulted_otherwise,
    )


@app.command("order")
def order(
    case_id: CaseId,
    config: Config,
    person: Person,
    provider: Annotated[str, typer.Option(help="A service provider of your own State, as XB/provider.")],
    legal_basis: Annotated[str, typer.Option(help="The provision of your law.")],
    reasons: Reasons,
    days: Annotated[
        int | None, typer.Option(help="Days of preservation; what the request asks for, if not given.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Order a provider to preserve, or to produce, what the case is about.

    Without --days an order to preserve runs as long as the request asks, from 60 to 90 days (arts 42(8), 25(2)).

    \b
    Example: comity case order 4f2a --config xb/comity.toml --as dan --provider XB/provider \\
    --legal-basis "Act on Electronic Evidence, s. 4" --reasons "request of XA, urgent"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        today = node.office.clock.now().day
        by_default = order_provider.term(found, today)
        chosen = by_default.days if days is None else days
        moved = order_provider.order(
            node.office, person, found.id, provider=provider, legal_basis=legal_basis, reasons=reasons, days=chosen
        )
    until = today + timedelta(days=chosen)
    tell(moved, as_json, {"days": chosen, "until": str(until)})
    if not as_json and moved.procedure == "preservation":
        why = why_so_long(by_default) if days is None else "as --days says"
        output.result(f"to be kept until {until}: {counted(chosen, 'day')}, {why}")


def why_so_long(found: order_provider.Term) -> str:
    """Why an order runs as long as it does, where nobody said how long."""
    law = f"{'at least' if found.citation == '42(8)' else 'at most'} so many by art. {found.citation}"
    if found.asked is None:
        return f"{law}; the request names none"
    return f"{law}; the request asks for {found.asked}" if found.citation else "as the request asks"


@step(app, "confirm")
def confirm(
    at: Step,
    *,
    until: Annotated[
        datetime | None, typer.Option(formats=DAY, help="Kept until; the order's day if not given.")
    ] = None,
) -> Case:
    """As a provider: confirm that the data are preserved.

    \b
    Example: comity case confirm 77b0 --config provider/comity.toml --as lee
    """
    day = day_of(until) if until else None
    return order_provider.confirm_preserved(at.office, at.person, at.case, until=day)


@step(app, "object")
def object_(
    at: Step,
    *,
    ground: Annotated[str, typer.Option(help="The ground, in a few words.")],
    reasons: Reasons,
) -> Case:
    """As a provider: object to an order, or say that it cannot be complied with.

    \b
    Example: comity case object 77b0 --config provider/comity.toml --as lee --ground "not ours" \\
    --reasons "no such account"
    """
    return order_provider.object_to_order(at.office, at.person, at.case, ground=ground, reasons=reasons)


@step(app, "withdraw")
def withdraw(at: Step, *, reasons: Reasons) -> Case:
    """Withdraw a request of ours; the requested State is told if it has it, and lifts its order.

    Evidence that it holds by then it returns or destroys. What is on its way here is still accepted, and then returned
    or destroyed: nobody opens it.

    \b
    Example: comity case withdraw 4f2a --config xa/comity.toml --as bo --reasons "the suspect confessed"
    """
    return withdraw_request.withdraw(at.office, at.person, at.case, reasons=reasons)
