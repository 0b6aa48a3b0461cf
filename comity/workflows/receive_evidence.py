"""Evidence that came: the parts put together under the package's digest, and its outside checked before anyone is told.

Runs before the transaction that enters the message: a large package must not hold up the database.
"""

from typing import Final

from comity.base.errors import BrokenCustody, BrokenSeal, ComityError, Unavailable
from comity.cases import events
from comity.evidence import custody
from comity.evidence.bag import SAME
from comity.evidence.opening import verify_outer
from comity.exchange import document as documents
from comity.exchange.message import AcceptBody, DestroyBody, ReleaseBody
from comity.exchange.problems import ExchangeProblem
from comity.workflows.custody_chain import chain_of
from comity.workflows.office import Office, directory
from comity.workflows.stores import Transaction

ARRIVAL: Final = "package"
"""The lock under which a package arrives and its message is entered, or our copy of it is removed."""
_ACT_OF: Final = {"evidence.release": "release", "evidence.return": "return"}
"""The act that a message with a package carries as its last."""


def assemble(office: Office, body: ReleaseBody, document: documents.Document) -> bool:
    """Make the package from its parts, and check its signature, its digests, its custody and that it is released to us.

    Whether it is new here: then it is `forget`'s to remove, if the message turns out to have no place in its case.
    Raises ExchangeProblem missing-part or too-large, BrokenSeal or BrokenCustody; no package stays that did not hold.
    """
    try:
        is_new = _assemble(office, body, document)
    except Unavailable:
        raise  # it is tried again, from the same parts
    except ComityError:
        _drop_parts(office, document)
        raise
    _drop_parts(office, document)
    return is_new


def forget(office: Office, package: str) -> None:
    """Remove a package whose message was rejected, unless custody of it is entered here."""
    with office.store.transaction() as tx:
        is_known = bool(tx.custody.acts(package))
    if not is_known:
        office.packages.drop(package)


def _assemble(office: Office, body: ReleaseBody, document: documents.Document) -> bool:
    size = sum(file.size for file in document.attachments)
    if office.most_evidence_bytes and size > office.most_evidence_bytes:
        raise ExchangeProblem(
            "too-large", f"more than the {office.most_evidence_bytes} bytes of evidence a case may have"
        )
    with office.store.transaction() as tx:
        known = directory(tx)
    chain = chain_of(known, body.package, [token.encode("ascii", "replace") for token in body.custody])
    last = chain.custody.acts[-1]
    if (chain.custody.awaiting, last.by, last.act) != (office.node, document.from_, _ACT_OF[document.kind]):
        raise BrokenCustody("the last act does not release the package from its sender to us", hint="ask the sender")
    if office.packages.has(body.package):
        return False
    name = _put_together(office, document)
    try:
        outer = verify_outer(office.packages.source(name), chain.sealer_key)
        if str(outer.package_digest) != body.package:
            raise BrokenSeal("the package is not the one that custody speaks of", hint="ask the sender for it again")
    except ComityError:
        office.packages.sink(name).discard()  # a new sink removes what stood under the working name
        raise
    office.packages.keep(name, body.package)
    return True


def _drop_parts(office: Office, document: documents.Document) -> None:
    """All but those of the files that every package has alike: another package on its way may count on them here."""
    office.parts.drop([part.sha256 for file in document.attachments if file.name not in SAME for part in file.parts])


def _put_together(office: Office, document: documents.Document) -> str:
    """The package under a working name, which is returned: nothing of it has been checked yet."""
    for file in document.attachments:
        for part in file.parts:
            if not office.parts.has(part.sha256):
                raise ExchangeProblem("missing-part", "a part of the package has not come")
    name = f"incoming-{document.id}"
    sink = office.packages.sink(name)
    try:
        for file in document.attachments:
            with sink.create(file.name) as out:
                for part in file.parts:
                    out.write(office.parts.read(part.sha256))
        sink.commit()
    except BaseException:
        sink.discard()
        raise
    return name


def arrival_of(signed: documents.Signed, body: ReleaseBody, at: int) -> events.Event:
    """What a package that came means for the case: evidence handed on to us, or handed back. at: POSIX seconds."""
    by, message = signed.document.from_, signed.document.id
    if signed.document.kind == "evidence.release":
        return events.EvidenceArrived(at=at, by=by, package=body.package, sender=by, message=message)
    last = custody.last_act([token.encode("ascii", "replace") for token in body.custody])
    return events.EvidenceReturned(
        at=at,
        by=by,
        package=body.package,
        to=last.to,
        reasons=last.reason,
        message=message,
        doc_sha256=str(signed.digest),
    )


def enter_custody(tx: Transaction, body: ReleaseBody | DestroyBody) -> None:
    """Keep the acts of a chain that are new here. Raises BrokenCustody if it is not the one known here, or longer."""
    tokens = [token.encode("ascii", "replace") for token in body.custody]
    known = list(tx.custody.acts(body.package))
    if tokens[: len(known)] != known:
        raise BrokenCustody("the chain differs from the one known here", hint="compare the two with the sender")
    tx.custody.append(body.package, tokens[len(known) :])


def enter_acceptance(tx: Transaction, body: AcceptBody, by: str) -> None:
    """Keep the second signature of a hand-over, once the whole chain holds with it and it is the sender's own."""
    act = body.act.encode("ascii", "replace")
    chain = chain_of(directory(tx), body.package, [*tx.custody.acts(body.package), act]).custody
    if chain.acts[-1].act != "accept" or chain.holder != by:
        raise BrokenCustody("not an acceptance by the one who sent it", hint="ask the peer")
    tx.custody.append(body.package, [act])


def enter_destruction(tx: Transaction, signed: documents.Signed, body: DestroyBody, at: int) -> events.Event:
    """Keep a chain that ends, once it holds and the end is the sender's own act. at: POSIX seconds.

    Raises BrokenCustody.
    """
    tokens = [token.encode("ascii", "replace") for token in body.custody]
    last = chain_of(directory(tx), body.package, tokens).custody.acts[-1]
    if (last.act, last.by) != ("destroy", signed.document.from_):
        raise BrokenCustody("not a destruction by the one who sent it", hint="ask the peer")
    enter_custody(tx, body)
    return events.EvidenceDestroyed(
        at=at,
        by=last.by,
        package=body.package,
        reasons=last.reason,
        copies=body.copies,
        role=signed.document.actor.role,
        size=0,
        held=True,
        message=signed.document.id,
        doc_sha256=str(signed.digest),
    )
