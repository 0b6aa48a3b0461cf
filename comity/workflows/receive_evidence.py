"""Evidence that came: the parts put together under the package's digest, and its outside checked before anyone is told.

Runs before the transaction that enters the message: a large package must not hold up the database.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from comity.base.errors import BrokenCustody, BrokenSeal, ComityError, Unavailable
from comity.base.instants import Instant
from comity.cases import events
from comity.evidence import bag, custody, parts
from comity.evidence.outside import verify_outer
from comity.evidence.streams import PackageSink
from comity.exchange import document as documents
from comity.exchange.message import AcceptBody, DestroyBody, ReleaseBody
from comity.exchange.problems import ExchangeProblem
from comity.workflows import take_parts
from comity.workflows.custody_chain import chain_of
from comity.workflows.office import Office, directory
from comity.workflows.stores import Transaction

ARRIVAL: Final = "package"
"""The lock under which a package arrives and its message is entered, or our copy of it is removed."""
MISSING: Final = "missing-part"
"""The message waits until its parts come or it ends; its sender is told so in the receipt, and brings them again."""
_PACKS: Final = "data/"
_ACT_OF: Final = {"evidence.release": "release", "evidence.return": "return"}
"""The act that a message with a package carries as its last."""


def assemble(office: Office, body: ReleaseBody, document: documents.Document) -> bool:
    """Make the package from its parts, and check its signature, its digests, its custody and that it is released to us.

    Whether it is new here: then it is `forget`'s to remove, if the message turns out to have no place in its case.
    Raises ExchangeProblem missing-part or too-large, BrokenSeal or BrokenCustody; no package stays that did not hold.
    The parts that did come stay while the others may still come.
    """
    try:
        is_new = _assemble(office, body, document)
    except Unavailable:
        raise  # it is tried again, from the same parts
    except ComityError as error:
        if not may_still_come(error, document.exp, office.clock.now()):
            _drop_parts(office, document)
        raise
    _drop_parts(office, document)
    return is_new


def may_still_come(error: ComityError, ends: int, now: Instant) -> bool:
    """Whether what is wrong is that parts are missing, before the message ends. ends: POSIX seconds."""
    return error.code == MISSING and now.seconds <= ends


def forget(office: Office, package: str) -> None:
    """Remove a package whose message was rejected, unless custody of it is entered here."""
    with office.store.transaction() as tx:
        is_known = bool(tx.custody.acts(package))
    if not is_known:
        office.packages.drop(package)


def _assemble(office: Office, body: ReleaseBody, document: documents.Document) -> bool:
    with office.store.transaction() as tx:
        known = directory(tx)
    chain = chain_of(known, body.package, [token.encode("ascii", "replace") for token in body.custody])
    last = chain.custody.acts[-1]
    if (chain.custody.awaiting, last.by, last.act) != (office.node, document.from_, _ACT_OF[document.kind]):
        raise BrokenCustody("the last act does not release the package from its sender to us", hint="ask the sender")
    if office.packages.has(body.package):
        return False
    _check_quota(office, document)
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


def _check_quota(office: Office, document: documents.Document) -> None:
    """What the message says it brings, and what the case has here; its parts are counted by what it says."""
    size = sum(file.size for file in document.attachments)
    with office.store.transaction() as tx:
        channel = tx.channels.get(document.channel)
        if channel is None:
            raise ExchangeProblem("out-of-state", f"{document.kind} belongs to a case that is not known here")
        take_parts.check_quota(office, tx, channel.case_id, size, besides=document.channel)


def _drop_parts(office: Office, document: documents.Document) -> None:
    """The parts that the message names; where what names them has not come itself, all of its channel."""
    try:
        names = [name for named in _names(office, document).values() for name in named]
    except ComityError:
        take_parts.drop(office, document.channel)
    else:
        take_parts.drop(office, document.channel, names)


def _names(office: Office, document: documents.Document) -> dict[str, Sequence[str]]:
    """The parts of each file by their digests: of a pack they stand in the package's own list. Raises ExchangeProblem
    missing-part, BrokenSeal, or Malformed for a file named twice."""
    named: dict[str, Sequence[str]] = {}
    packs: dict[str, int] = {}
    for file in document.attachments:
        if file.name in named or file.name in packs:
            raise ExchangeProblem("invalid-field", "a file is named twice", where="attachments")
        if file.name.startswith(_PACKS):
            packs[file.name] = file.size
        else:
            named[file.name] = [part.sha256 for part in file.parts]
    if bag.PARTS not in named:
        raise ExchangeProblem("invalid-field", "the list of parts is not among the files", where="attachments")
    listed = b"".join(_read(office, name) for name in named[bag.PARTS][: parts.PARTS_LIMIT // parts.PART])
    digests = parts.of_packs(listed, packs, bag.PARTS)
    return named | {name: [one.hex() for one in of_pack] for name, of_pack in digests.items()}


def _read(office: Office, part: str) -> bytes:
    if not office.parts.has(part):
        raise ExchangeProblem(MISSING, "a part of the package has not come")
    return office.parts.read(part)


def _put_together(office: Office, document: documents.Document) -> str:
    """The package under a working name, which is returned: nothing of it has been checked yet."""
    named = _names(office, document)
    if not all(office.parts.has(part) for of_file in named.values() for part in of_file):
        raise ExchangeProblem(MISSING, "a part of the package has not come")
    name = f"incoming-{document.id}"
    sink = office.packages.sink(name)
    try:
        _write(office, named, sink)
        sink.commit()
    except BaseException:
        sink.discard()
        raise
    return name


def _write(office: Office, named: Mapping[str, Sequence[str]], sink: PackageSink) -> None:
    for file, of_file in named.items():
        with sink.create(file) as out:
            for part in of_file:
                out.write(_read(office, part))


def arrival_of(signed: documents.Signed, body: ReleaseBody, at: int) -> events.Event:
    """What a package that came means for the case: evidence handed on to us, or handed back. at: POSIX seconds."""
    by, message = signed.document.from_, signed.document.id
    if signed.document.kind == "evidence.release":
        return events.EvidenceArrived(
            at=at, by=by, package=body.package, sender=by, message=message, limits=body.limits
        )
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
    if custody.without_words(tokens[: len(known)]) != custody.without_words(known):
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
