"""The words that lie in every disclosure pack: what it is, what is withheld, and how to check it."""

from typing import Final

TEXT: Final = """\
PAPERS OF A CASE, GIVEN ON A COURT'S ORDER
{stamp}
Case      {case}
Kept by   {node}
Made      {at}
Order     {order}
For       {to}

These are papers of the case as {node} kept them: the request, the answers, who authorised what, who held the
evidence, and the proofs that the log holds each step. Every file is the very bytes that were stored, sent,
received or signed. Sealed evidence is not in it.

What is withheld

manifest.json lists under "withheld" every item that is not here, with its size, its SHA-256 and the reason. Nothing
else was left out. When an item is given later, its SHA-256 shows that it is the one that was withheld:

    comity verify disclosure FOLDER --later NAME=FILE

A withheld event keeps its place: links.txt and the log's proof fix it, so that it cannot be changed meanwhile.

How to check it

All at once, without a node or a network:

    comity verify disclosure FOLDER --root "{state} <fingerprint that {state} read to you>"

By parts, with tools that anybody has: sha256sum -c SHA256SUMS for the files; the rest as README.txt of a case
export says (docs/formats/case-export.md and docs/formats/disclosure-pack.md of comity).

What it does not show: that {node} kept everything, or that what a person wrote is true.
"""
