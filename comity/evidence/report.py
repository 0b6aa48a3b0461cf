"""The custody of a package as a page that a court can read and print: one file of HTML, nothing fetched, no script.

It says what was checked to make it, and how to check it again without comity. English; names and times are the acts'.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from comity.base.instants import Instant
from comity.evidence.case_uco import USE
from comity.evidence.custody import Custody
from comity.evidence.custody_act import CustodyAct
from comity.evidence.instructions import HOW_TO_OPEN
from comity.evidence.manifest import Item
from comity.evidence.outside import Outer

_STYLE: Final = (
    "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#0b0c0c;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:1em 0}caption{text-align:left;font-weight:bold}"
    "th,td{text-align:left;vertical-align:top;padding:.3em .6em;border-bottom:1px solid #b1b4b6}"
    "code,pre{font-family:monospace;overflow-wrap:anywhere}"
    "pre{white-space:pre-wrap;border:1px solid #b1b4b6;padding:1em}"
    ".stamp{border:3px solid #0b0c0c;padding:.5em;font-weight:bold}"
    "@media print{body{max-width:none;margin:0}tr{break-inside:avoid}}"
)
DONE: Final[Mapping[str, str]] = {
    "begin": "Sealed",
    "release": "Released",
    "accept": "Accepted, every digest checked",
    "examine": "Opened",
    "return": "Given back",
    "reissue": "Another package was made of it",
    "destroy": "Destroyed",
}


_TITLE_DIGITS: Final = 12
"""Of a package's digest, in the title: reports of one case stay apart among a reader's windows."""


@dataclass(frozen=True, slots=True)
class Report:
    """What the page says. `outer`: the package, checked from outside, or None where only its custody is known; `items`:
    its files, or none where it was not opened."""

    custody: Custody
    outer: Outer | None
    items: Sequence[Item]
    made_at: Instant


def to_html(report: Report) -> bytes:
    """The page, in UTF-8."""
    custody = report.custody
    first = custody.acts[0]
    stamp = f'<p class="stamp">{escape(first.mode.stamp)}. Nothing here is live.</p>' if first.mode.stamp else ""
    holder = custody.holder if not custody.is_destroyed else f"nobody: {custody.holder} destroyed it"
    facts = {
        "Package (SHA-256 of its list of digests)": str(custody.package_digest),
        "Case, as its sealer names it": first.case,
        "Sealed by": first.by,
        "Held by": holder if not custody.awaiting else f"{holder}, until {custody.awaiting} signs for it",
        "Report made": str(report.made_at),
    }
    body = [
        "<h1>Custody of evidence</h1>",
        stamp,
        _facts("The package", facts),
        "<h2>Who held it, and what was done with it</h2>",
        "<p>Each act is signed by the authority that did it and names the one before. All signatures were checked.</p>",
        _table("Acts", ("Time", "Act", "By", "Person", "Reason"), [_row(act) for act in custody.acts]),
        f"<p>{escape(USE)}</p>",
        *_outside(report.outer),
        *_files(report.items),
        "<h2>How to check this without comity</h2>",
        f"<pre>{escape(HOW_TO_OPEN)}</pre>",
    ]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>Custody of evidence: {escape(first.case)}, {str(custody.package_digest)[:_TITLE_DIGITS]}</title>"
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>\n<body><main>\n'
        + "\n".join(part for part in body if part)
        + "\n</main></body></html>\n"
    ).encode("utf-8")


def _row(act: CustodyAct) -> tuple[str, ...]:
    done = DONE[act.act]
    if act.to:
        done += f" to {act.to}"
    if act.made:
        done += f": {act.made}"
    why = "Who did it, and why, is known to its holder." if act.is_withheld else act.reason
    return (str(Instant.from_seconds(act.at)), done, act.by, act.actor, why)


def _outside(outer: Outer | None) -> list[str]:
    if outer is None:
        return ["<p>The package itself was not at hand: this page is of its custody alone.</p>"]
    envelope = outer.envelope
    stamp = str(outer.stamp.at) if outer.stamp else "none: no time-stamp authority was asked"
    facts = {
        "Signed by": f"{envelope.from_}, key {envelope.signer}",
        "Sealed, as its sealer says": str(Instant.from_seconds(envelope.sealed_at)),
        "Time-stamp of a third party": stamp,
        "Made of the package": envelope.prior or "none: it is as it was sealed",
        "Bytes, encrypted": str(sum(size for size, _ in outer.packs.values())),
    }
    note = "<p>Its signature and the digest of every file in it were checked when this page was made.</p>"
    return ["<h2>The package as it lies here</h2>", note, _facts("Outside", facts)]


def _files(items: Sequence[Item]) -> list[str]:
    files = [item for item in items if item.kind == "file"]
    if not files:
        return ["<p>The package was not opened for this page: its files are not listed.</p>"]
    rows = [(item.path, str(item.size), item.sha256) for item in files]
    return ["<h2>Its files</h2>", _table("Files", ("Path", "Bytes", "SHA-256"), rows)]


def _facts(caption: str, facts: Mapping[str, str]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{_text(value)}</td></tr>' for name, value in facts.items()
    )
    return f"<table><caption>{escape(caption)}</caption>{rows}</table>"


def _table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(one)}</th>' for one in headings)
    body = "".join("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(value: str) -> str:
    return f"<code>{value}</code>" if len(value) == 64 and value.isalnum() else escape(value)
