"""`draft`, `publish`: the figures of a period out of our log and the closed pairs, as a release that anyone can check.

The release's digest becomes a public statement. Once the log has published that, the release's files stand beside
it, and the proof of it, with a checkpoint that witnesses dated (`complete`): so it is seen whether the figures came in
time. No file is there before the log names it: who looked meanwhile would take it for one that was exchanged.
Publishing again is another statement: it is never undone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.encoding import to_json
from comity.base.errors import ComityError, Conflict, NotFound, OutOfOrder
from comity.base.mode import Mode
from comity.exchange.message import Role
from comity.oversight.drafting import Place, make_release
from comity.oversight.periods import Span, settled_from
from comity.oversight.published import ATTESTED
from comity.oversight.release import (
    STATEMENT,
    Release,
    as_csv,
    path_of,
    read_release,
    statement_of,
)
from comity.transparency.entry import read_statement
from comity.transparency.pairs import due_from
from comity.workflows import close_pairs, sequence_log
from comity.workflows.access import permit
from comity.workflows.log_keys import cosigner_keys, own_keys
from comity.workflows.office import Office, directory
from comity.workflows.prove_entry import prove
from comity.workflows.record import state_publicly
from comity.workflows.statistics_books import OPEN, Counted, check_order, count_period, releases_of
from comity.workflows.statistics_store import Kept
from comity.workflows.stores import Transaction

ACTION: Final = "publish statistics"
INDEX: Final = "stats/index.json"
PROOF: Final = "tlog-proof"


@dataclass(frozen=True, slots=True)
class Draft:
    """A release as it would be published now; `open_months`: (month, peer) of what is not closed yet."""

    release: Release
    counted: Counted
    open_months: tuple[tuple[str, str], ...]


def draft(office: Office, period: str, finest: Span = Span.QUARTER) -> Draft:
    """What would be published, and what would be withheld. Nothing is written. Raises Malformed, OutOfOrder."""
    if office.role is not Role.AUTHORITY:
        raise OutOfOrder("only an authority has statistics of requests", hint="they are of requests between States")
    counted = count_period(office, period, finest)
    release = _release(office, counted)
    still_open = tuple((one.month, one.peer) for one in counted.books.months if one.state == OPEN)
    return Draft(release, counted, still_open)


def _release(office: Office, counted: Counted) -> Release:
    now = office.clock.now()
    with office.store.transaction() as tx:
        keys = tuple(one.key.vkey for one in own_keys(office, tx) if one.retired is None)
        known = directory(tx)
    witnesses = tuple(key.vkey for node in office.witnesses for key in cosigner_keys(known.entity(node), now))
    place = Place(counted.start, counted.end, office.origin, keys, witnesses)
    return make_release(counted.books, counted.earlier, office.mode, place)


@dataclass(frozen=True, slots=True)
class Published:
    """`index`: the public statement; `proven`: whether the log is published with it, so that anyone can see when."""

    release: Release
    index: int
    proven: bool


def publish(office: Office, person: str, period: str, finest: Span = Span.QUARTER, *, again: bool = False) -> Published:
    """Publish a period's figures. again: although they are published; both statements stay in the log.

    Raises OutOfOrder while the period is not settled, a month not closed with every peer, or a shorter period in it not
    published; Conflict where it is published.
    """
    permit(office, person, ACTION)
    if office.clock.now() < settled_from(period):
        raise OutOfOrder(f"{period} is settled on {settled_from(period)}", hint="until then messages are on their way")
    with office.store.transaction() as tx:
        releases, kept = releases_of(tx), tx.statistics.get(period)
    check_order(releases, period, finest)
    if kept is not None and not again:
        raise Conflict(f"{period} is published", hint="--again publishes it anew, which everybody sees")
    return put_out(office, _closed(office, period, finest).release)


def put_out(office: Office, release: Release) -> Published:
    """State a release in the log, publish the log, and write the release's files."""
    period = release.period
    with office.store.transaction() as tx:
        index = state_publicly(office, tx, STATEMENT, statement_of(release))
        tx.statistics.put(Kept(period, release.encode(), index, office.clock.now()))
    try:
        sequence_log.publish(office)
    except ComityError:
        return Published(release, index, proven=False)  # an alarm stands; the node goes on with it when its log does
    complete(office)
    return Published(release, index, proven=_is_proven(office, period))


def _is_proven(office: Office, period: str) -> bool:
    return office.log_folder.read(path_of(period, PROOF)) is not None


def _closed(office: Office, period: str, finest: Span) -> Draft:
    """The figures, every month closed with every peer: what is not is closed now."""
    found = draft(office, period, finest)
    for month in dict.fromkeys(month for month, _ in found.open_months):
        if due_from(month) <= office.clock.now():
            close_pairs.close_period(office, month)
    if found.open_months:
        found = draft(office, period, finest)
    if found.open_months:
        names = ", ".join(f"{month} with {peer}" for month, peer in found.open_months[:3])
        raise OutOfOrder(f"not closed yet: {names}", hint="the peer begins, or from day 21 we do: try again then")
    return found


def write_files(office: Office) -> None:
    """Every release that the published log names, as files beside it, from the database. One that stands there and was
    published again stays as it is until the log names the later one."""
    kept = _named(office)
    for one in kept:
        files = {path_of(one.period): one.data, path_of(one.period, "csv"): as_csv(read_release(one.data))}
        changed = {path: data for path, data in files.items() if office.log_folder.read(path) != data}
        if path_of(one.period) in changed:
            office.log_folder.remove(path_of(one.period, PROOF))  # it is of the statement before
        for path, data in changed.items():
            office.log_folder.write(path, data)
    if kept:
        with office.store.snapshot() as tx:
            audits = _audits(tx)
        office.log_folder.write(INDEX, _index(office.node, office.mode, kept, audits))


def _named(office: Office) -> list[Kept]:
    """The releases whose statements the log has published."""
    standing = sequence_log.published(office)
    size = standing.size if standing is not None else 0
    with office.store.snapshot() as tx:
        return [one for one in tx.statistics.all() if one.index < size]


def _audits(tx: Transaction) -> dict[str, list[str]]:
    """Who attested something of a period, as our log states it."""
    found: dict[str, list[str]] = {}
    for _, entry in tx.log.statements(0):
        fields = read_statement(entry)
        if fields["kind"] == ATTESTED and str(fields["auditor"]) not in found.setdefault(str(fields["period"]), []):
            found[str(fields["period"])].append(str(fields["auditor"]))
    return found


def _index(node: str, mode: Mode, kept: Sequence[Kept], audits: Mapping[str, list[str]]) -> bytes:
    releases = [
        {
            "period": one.period,
            "index": one.index,
            "published": str(one.published),
            "audits": sorted(audits.get(one.period, [])),
        }
        for one in kept
    ]
    return to_json({"node": node, "mode": mode, "stamp": mode.stamp, "releases": releases})


def complete(office: Office) -> int:
    """Put every release and its proof beside the log that are not there yet, once it is published that far; how many
    proofs.

    Files that are missing are written again.
    """
    kept = _named(office)
    if any(office.log_folder.read(path_of(one.period)) != one.data for one in kept):
        write_files(office)
    done = 0
    for one in kept:
        path = path_of(one.period, PROOF)
        if _is_proven(office, one.period):
            continue
        try:
            _, proof = prove(office, one.index)
        except NotFound:
            continue
        office.log_folder.write(path, proof)
        done += 1
    return done
