"""Pages for anyone, without signing in: this node's log and its witnesses, and the statistics that it published.

Each is also served as JSON and CSV. No page here holds anything of a case.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from starlette.responses import Response

from comity.exchange.directory import Directory, Use
from comity.transparency.checkpoint import log_key
from comity.transparency.cosignature import Cosigned, verify_quorum
from comity.transparency.entry import read_statement
from comity.transparency.note import VerifierKey, parse_note
from comity.web.log_alarms import KINDS, TOLD, alarms_for
from comity.web.site import Visit
from comity.web.twins import as_csv, as_json
from comity.workflows import sequence_log
from comity.workflows.office import Office, directory

LOG_COLUMNS: Final = ("origin", "vkey", "size", "root", "witness", "cosigned_at", "mode")
STATISTICS: Final = "statistics"
"""The kind of public statement that publishes figures."""
STATISTICS_COLUMNS: Final = ("index", "statement", "field", "value")


@dataclass(frozen=True, slots=True)
class Log:
    """A node's log as its published checkpoint shows it; `cosigned`: by witnesses whose keys are known here."""

    origin: str
    vkey: str
    size: int
    root: str
    cosigned: tuple[Cosigned, ...]


def get_log(visit: Visit) -> Response:
    log, now = log_of(visit.office), visit.office.clock.now()
    seen = max((one.at for one in log.cosigned), default=None)
    return visit.page(
        "log.html",
        log=log,
        needed=visit.office.witnesses_needed,
        hours=(now.seconds - seen.seconds) // 3600 if seen else None,
        seen=seen,
        alarms=alarms_for(visit.office, visit.roles),
        is_told=bool(visit.roles & TOLD),
        kinds=KINDS,
    )


def get_log_json(visit: Visit) -> Response:
    log = log_of(visit.office)
    document = {
        "origin": log.origin,
        "vkey": log.vkey,
        "size": log.size,
        "root": log.root,
        "cosigned": [{"witness": one.witness, "at": str(one.at)} for one in log.cosigned],
        "mode": visit.office.mode,
        "stamp": visit.office.mode.stamp,
    }
    return as_json(document, is_public=True)


def get_log_csv(visit: Visit) -> Response:
    """A row a witness; one with none where nobody has cosigned."""
    log = log_of(visit.office)
    shared = {
        "origin": log.origin,
        "vkey": log.vkey,
        "size": log.size,
        "root": log.root,
        "mode": visit.office.mode.value,
    }
    seen = [{"witness": one.witness, "cosigned_at": str(one.at)} for one in log.cosigned] or [{}]
    return as_csv("log.csv", LOG_COLUMNS, ({**shared, **one} for one in seen), is_public=True)


def log_of(office: Office) -> Log:
    vkey = log_key(office.origin, office.keys.signer(Use.LOG).public).vkey
    data, standing = office.log_folder.read(sequence_log.CHECKPOINT), sequence_log.published(office)
    if data is None or standing is None:
        return Log(office.origin, vkey, 0, "", ())
    with office.store.transaction() as tx:
        known = directory(tx)
    cosigned = verify_quorum(parse_note(data), witness_keys(office, known), 0)
    return Log(office.origin, vkey, standing.size, str(standing.root), cosigned)


def witness_keys(office: Office, known: Directory) -> list[VerifierKey]:
    """The cosignature keys of every node in a directory trusted here, but our own."""
    entities = [entity for entity in known.all() if entity.id != office.node]
    return [sequence_log.cosigner_key(office, one) for one in entities if _has(one.keys, Use.WITNESS)]


def _has(keys: Iterable[Any], use: Use) -> bool:
    return any(key.use is use for key in keys)


# Statistics


@dataclass(frozen=True, slots=True)
class Statement:
    """A public statement of the log: its index, and its fields as it states them."""

    index: int
    fields: dict[str, object]

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Every field but what stands on the page anyway, as text."""
        return [(name, str(value)) for name, value in self.fields.items() if name not in {"kind", "stamp"}]


def get_statistics_json(visit: Visit) -> Response:
    found = statements(visit.office)
    document = {
        "published": [{"index": one.index, **one.fields} for one in found if one.fields["kind"] == STATISTICS],
        "statements": [{"kind": kind, "count": count} for kind, count in _counted(found)],
        "mode": visit.office.mode,
        "stamp": visit.office.mode.stamp,
    }
    return as_json(document, is_public=True)


def get_statistics_csv(visit: Visit) -> Response:
    rows = (
        {"index": one.index, "statement": STATISTICS, "field": name, "value": value}
        for one in statements(visit.office)
        if one.fields["kind"] == STATISTICS
        for name, value in one.shown
    )
    return as_csv("statistics.csv", STATISTICS_COLUMNS, rows, is_public=True)


def statements(office: Office) -> list[Statement]:
    """The public statements that the published checkpoint holds, oldest first."""
    standing = sequence_log.published(office)
    with office.store.snapshot() as tx:
        found = list(tx.log.statements(0))
    size = standing.size if standing else 0
    return [Statement(index, read_statement(entry)) for index, entry in found if index < size]


def _counted(found: list[Statement]) -> list[tuple[str, int]]:
    """How many public statements of each kind there are."""
    kinds = [str(one.fields["kind"]) for one in found]
    return [(kind, kinds.count(kind)) for kind in sorted(set(kinds))]
