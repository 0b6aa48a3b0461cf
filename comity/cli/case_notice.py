"""`comity case notice`: the draft of the notice to the person concerned, in the words of the page."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import write_whole
from comity.base.errors import Malformed
from comity.cli import output
from comity.cli.case_view import CaseId
from comity.cli.options import Config, Json, PassphraseFile, Person
from comity.cli.session import opened
from comity.web.languages import ENGLISH, LANGUAGES
from comity.workflows import read_cases
from comity.workflows.write_notice import write_notice

app = typer.Typer()


@app.command("notice")
def notice(
    case_id: CaseId,
    config: Config,
    person: Person,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The new file to put it in; else it is printed.")
    ] = None,
    language: Annotated[
        str, typer.Option(help=f"The language of who reads it: {', '.join(LANGUAGES)}.")
    ] = ENGLISH.code,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Draft the notice to the person concerned, once secrecy has ended. A person completes, signs and sends it.

    That it was drafted is recorded. Once it was given: comity case notify.

    \b
    Example: comity case notice 4f2a -c xa/comity.toml --as bo --language fr -o notice.txt
    """
    if language not in LANGUAGES:
        raise Malformed(f"no language {language!r}", where="language", hint=f"one of {', '.join(LANGUAGES)}")
    from comity.web.notice_text import as_text  # reads the words of all pages, which no other command of a case needs

    with opened(config, passphrase_file) as node:
        found = read_cases.find(node.office, case_id)
        drafted = write_notice(node.office, person, found.id, "case notice")
        text = as_text(drafted, LANGUAGES[language], node.office.name, found.id)
    if out is not None:
        write_whole(out, text.encode("utf-8"), replace=False)
    if as_json:
        output.emit_json({"ok": True, "case": found.id, "language": language, "text": text})
    elif out is not None:
        output.result(f"a draft for a person to complete and sign: {output.clean(str(out))}")
    else:
        for line in text.splitlines():
            output.result(output.clean(line))
