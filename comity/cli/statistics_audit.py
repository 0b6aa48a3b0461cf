"""`comity statistics audit`: an auditor opens every entry of the range, counts again and signs what was found."""

from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import check_new, read_lines, write_whole
from comity.adapters.log_sources import open_source
from comity.base.counted import counted
from comity.base.errors import Malformed
from comity.cli import output
from comity.cli.options import Config, Json, PassphraseFile
from comity.cli.session import opened
from comity.cli.trusting import AtLeast, Policy, Trusting, Witness
from comity.exchange.directory import Use
from comity.oversight import audit as auditing
from comity.oversight.periods import parts_of
from comity.oversight.published import release_at
from comity.transparency.recomputed import AUDIT_MOST
from comity.transparency.recomputed import audit as audit_log
from comity.workflows import audit_statistics
from comity.workflows.office import directory

FOUND = 3


def audit(
    file: Annotated[Path, typer.Argument(help="The openings that the node handed over.")],
    source: Annotated[str, typer.Argument(help="The node's log, which has its figures: https://node.example/log.")],
    config: Config,
    out: Annotated[Path, typer.Option("--out", "-o", help="The attestation to write; it must not exist yet.")] = Path(
        "attestation.jws"
    ),
    vkey: Annotated[str, typer.Option(help="A key of the log, as comity log show prints it.")] = "",
    policy: Policy = None,
    witness: Witness = None,
    at_least: AtLeast = None,
    most: Annotated[int, typer.Option(min=1, help="How many entries of the log are read at most.")] = AUDIT_MOST,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Count a node's figures again from its openings, and sign what was found. --config: the auditor's own node.

    The whole log is read once, and checked and counted in that reading, a few entries at a time. Ends with 3 where
    something was found; it is signed all the same.

    \b
    Example: comity statistics audit openings.jsonl https://xa.example/log --policy xa.policy --config xc/comity.toml
    """
    check_new(out)
    trusting, files = Trusting(vkey, policy, witness, at_least), open_source(source)
    with opened(config, passphrase_file, unlock=(Use.AUTHORITY,)) as node:
        with node.office.store.transaction() as tx:
            known = directory(tx)
        lines = read_lines(file, audit_statistics.HEAD_LIMIT, audit_statistics.LINE_LIMIT)
        head, given = audit_statistics.read_openings(lines, known)
        release, data = release_at(files, head.period)
        if (release.node, release.sha256) != (head.node, head.sha256):
            raise Malformed("the openings are of other figures", where=str(file), hint="ask the node for them again")
        earlier = {name: release_at(files, name)[0] for name in parts_of(release.period, release.finest)}
        recount = auditing.Recount(release, earlier, given)
        key = trusting.keys(release.origin)[0]
        whole = audit_log(files, key, trusting.quorum, most=most, seen=recount.take)
        if whole.standing.checkpoint.size < release.end:
            raise Malformed("the log is shorter than the figures say", hint="try again, or ask the node")
        found = recount.result()
        token = audit_statistics.attest(node.office, release, data, found)
        auditor = node.office.node
    write_whole(out, token + b"\n", replace=False)
    _tell(release.node, release.period, auditor, found, out, as_json)
    if found.faults:
        raise typer.Exit(FOUND)


def _tell(node: str, period: str, auditor: str, found: auditing.Audited, out: Path, as_json: bool) -> None:
    counts = {"steps": found.steps, "pads": found.pads, "statements": found.statements, "late": found.late}
    if as_json:
        faults = [{"kind": one.kind, "what": one.what} for one in found.faults]
        facts = {"ok": not found.faults, "node": node, "period": period, "auditor": auditor, **counts}
        output.emit_json({**facts, "faults": faults, "file": str(out)})
        return
    for one in found.faults:
        output.result(f"[bold red]{one.kind}[/]: {output.clean(one.what)}")
    if not found.faults:
        kinds = ", ".join(
            (counted(found.steps, "step"), counted(found.pads, "pad"), counted(found.statements, "statement"))
        )
        output.result(
            f"every entry opens ({kinds}), and the figures of {output.clean(node)} for {period} come out of them"
        )
    output.result("not even this shows an exchange that both ends kept out of their logs")
    output.say(
        f"signed by {output.clean(auditor)}: {output.clean(str(out))}; the node logs it: comity statistics attest"
    )
