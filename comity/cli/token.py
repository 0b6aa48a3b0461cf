"""`comity token`: what an authority's own systems may do by the JSON interface."""

from typing import Annotated, Any

import typer

from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.workflows import tokens
from comity.workflows.token_store import Scope, Token

app = typer.Typer(no_args_is_help=True, help="Tokens of the JSON interface: for an authority's own case system.")


@app.command("create")
def create(
    config: Config,
    person: Person,
    name: Annotated[str, typer.Option(help="What it is for.")],
    scope: Annotated[list[Scope], typer.Option(help="What it opens; again for each.")],
    acts_for: Annotated[
        list[str] | None, typer.Option("--acts-for", help="A person in whose name it may act; again for each.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help="In which of their roles, if not in all; again for each.")
    ] = None,
    days: Annotated[int, typer.Option(help="Until when it holds, from now; at most a year.")] = 90,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make a token. It is shown once, here, and kept nowhere: only its digest is.

    A token never approves: that takes a person and a passkey.

    \b
    Example: comity token create -c xa/comity.toml --as bo --name "case system" --scope cases:read \\
    --scope cases:draft --acts-for anna --days 90
    """
    with opened(config, passphrase_file) as node:
        token, text = tokens.create(
            node.office, person, name=name, scopes=scope, people=acts_for or (), roles=role or (), days=days
        )
    if as_json:
        output.emit_json({**_json(token), "text": text})
        return
    output.say(f"token {token.id}, until {token.expires}; keep it where secrets are kept, it is not shown again:")
    output.result(text)


@app.command("list")
def list_tokens(config: Config, passphrase_file: PassphraseFile = None, as_json: Json = False) -> None:
    """Every token ever made here: what it opens, until when, when it was last used.

    \b
    Example: comity token list --config xa/comity.toml
    """
    with opened(config, passphrase_file) as node:
        found = tokens.all_tokens(node.office)
        now = node.office.clock.now()
    if as_json:
        output.emit_json({"tokens": [_json(token) for token in found]})
        return
    rows = []
    for token in found:
        stands = "revoked" if token.revoked else "holds" if token.is_live(now) else "ended"
        used = str(token.last_used or "never")
        opens = ", ".join(sorted(token.scopes))
        rows.append([token.id, token.name, stands, str(token.expires), used, opens, ", ".join(token.people)])
    output.table(["token", "name", "it", "until", "last used", "opens", "acts for"], rows)


@app.command("revoke")
def revoke(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="Its id, as comity token list shows it.")],
    config: Config,
    person: Person,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """End a token at once, and its webhooks with it.

    \b
    Example: comity token revoke 3f2a9c4b1d60 --config xa/comity.toml --as bo
    """
    with opened(config, passphrase_file) as node:
        done = tokens.revoke(node.office, person, token)
    if as_json:
        output.emit_json(_json(done))
        return
    output.result(f"token {done.id} is revoked")


def _json(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": sorted(token.scopes),
        "people": list(token.people),
        "roles": sorted(token.roles),
        "made_at": str(token.made_at),
        "made_by": token.made_by,
        "expires": str(token.expires),
        "last_used": None if token.last_used is None else str(token.last_used),
        "revoked": None if token.revoked is None else str(token.revoked),
    }
