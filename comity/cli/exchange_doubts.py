"""`comity exchange doubts|settle-doubt`: what came under a key revoked later, or while a directory had ended."""

from typing import Annotated

import typer

from comity.base.instants import Instant
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.workflows import doubts as doubts_of
from comity.workflows import read_cases


def doubts(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Show every doubt that no person has settled yet. Nothing of such a case is sent, disclosed or let go meanwhile.

    \b
    Example: comity exchange doubts --config xb/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = doubts_of.standing(node.office)
    if as_json:
        output.emit_json({"ok": True, "doubts": [_row(one) for one in found]})
        return
    rows = [
        (one.case, one.doubt.ground, one.doubt.node, str(Instant.from_seconds(one.doubt.since)), ", ".join(one.kinds))
        for one in found
    ]
    output.table(("Case", "Why", "Of", "Since", "About"), rows)
    if found:
        output.say(
            "look at each message, ask its sender by a number you already had, then: comity exchange settle-doubt"
        )


def _row(one: doubts_of.Standing) -> dict[str, object]:
    return {
        "case": one.case,
        "ground": one.doubt.ground,
        "node": one.doubt.node,
        "kid": one.doubt.kid,
        "since": one.doubt.since,
        "messages": list(one.doubt.messages),
        "kinds": list(one.kinds),
    }


def settle_doubt(
    case_id: Annotated[str, typer.Argument(help="The case, or the beginning of its number.")],
    config: Config,
    person: Person,
    keep: Annotated[
        bool, typer.Option("--rely/--undo", help="Rely on what came all the same, or only take back what stood on it.")
    ],
    reasons: Annotated[str, typer.Option(help="Why: whom you asked, and how.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """As a named person: say whether what came is relied on. What was held goes out, or only what takes it back does.

    \b
    Example: comity exchange settle-doubt 4f2a -c xb/comity.toml --as rita --rely --reasons "called back: it is theirs"
    """
    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        case = doubts_of.settle(node.office, person, found.id, keep=keep, reasons=reasons)
    if as_json:
        output.emit_json({"ok": True, "case": case.id, "relied_on": not case.undone, "state": str(case.state)})
    else:
        output.result(f"{case.id}: {'not relied on' if case.undone else 'relied on'}; the case is {case.state}")
