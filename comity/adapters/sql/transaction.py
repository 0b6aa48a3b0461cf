"""All stores of one transaction."""

from collections.abc import Mapping
from typing import Any, Final, get_type_hints

from comity.adapters.sql.cases import SqlCases, SqlChannels, SqlCustody
from comity.adapters.sql.directory import SqlDirectory
from comity.adapters.sql.emergencies import SqlEmergencies
from comity.adapters.sql.evidence import SqlComingParts, SqlTransfers
from comity.adapters.sql.interface import SqlTokens, SqlWebhooks
from comity.adapters.sql.lines import SqlLines
from comity.adapters.sql.log import SqlLog, SqlWitness
from comity.adapters.sql.log_state import SqlAlarms, SqlErasures, SqlLogSigners, SqlPairs, SqlProofs, SqlSeen
from comity.adapters.sql.mail import SqlInbox, SqlOutbox
from comity.adapters.sql.peers import SqlCredits, SqlDirectoryHistory, SqlSuspensions
from comity.adapters.sql.people import SqlPeople
from comity.adapters.sql.people_sessions import SqlSessions
from comity.adapters.sql.readings import SqlAccesses, SqlContacts, SqlKeptReceipts, SqlLetters, SqlLogSearch
from comity.adapters.sql.receipts import SqlReceipts
from comity.adapters.sql.resume import SqlResume
from comity.adapters.sql.signals import SqlSignalQuestions
from comity.adapters.sql.statistics import SqlStatistics
from comity.adapters.sql.unit import Unit
from comity.adapters.sql.work import SqlWork
from comity.base.ids import NodeId, state_of
from comity.workflows.known_cases import KnownCases
from comity.workflows.stores import Ahead

_MANY: Final = 3
"""Where a statement is no journey, fewer are not read together."""


class SqlTransaction:
    """All stores over one connection, each made when it is first asked for: a transaction needs a few of them."""

    cases: SqlCases
    channels: SqlChannels
    outbox: SqlOutbox
    inbox: SqlInbox
    receipts: SqlReceipts
    log: SqlLog
    witness: SqlWitness
    directory: SqlDirectory
    custody: SqlCustody
    lines: SqlLines
    credits: SqlCredits
    suspensions: SqlSuspensions
    directories_seen: SqlDirectoryHistory
    alarms: SqlAlarms
    log_signers: SqlLogSigners
    seen: SqlSeen
    proofs: SqlProofs
    pairs: SqlPairs
    erasures: SqlErasures
    tokens: SqlTokens
    webhooks: SqlWebhooks
    people: SqlPeople
    sessions: SqlSessions
    accesses: SqlAccesses
    letters: SqlLetters
    kept_receipts: SqlKeptReceipts
    log_search: SqlLogSearch
    contacts: SqlContacts
    resume: SqlResume
    statistics: SqlStatistics
    parts_come: SqlComingParts
    transfers: SqlTransfers
    emergencies: SqlEmergencies
    signal_questions: SqlSignalQuestions
    work: SqlWork

    def __init__(self, unit: Unit, known_cases: KnownCases) -> None:
        self.unit = unit
        self.known_cases = known_cases
        self.is_followed = False

    def __getattr__(self, name: str) -> Any:
        kind = _STORES.get(name)
        if kind is None:
            raise AttributeError(name)
        store = kind(self.unit)
        setattr(self, name, store)
        return store

    def followed(self) -> None:
        self.is_followed = True

    def ahead(self, wanted: Ahead) -> None:
        """As the promise of `Transaction` says. Where a read is no journey, nothing is gained by one at a time."""
        cases, keys, channels = wanted.cases, wanted.keys, wanted.channels
        if self.unit.lane.is_near and max(len(cases), len(keys), len(channels)) < _MANY:
            return
        reads = [*self.cases.ahead(cases), *self.log.ahead(keys), *self.channels.ahead(channels, cases)]
        for person in wanted.people:
            reads += self.people.ahead(person)
        for peer in wanted.peers:
            reads += (*self.directory.ahead(state_of(NodeId(peer))), *self.resume.ahead(peer))
        if reads:
            found = self.unit.ask_apart([(read, values) for read, values, _ in reads])
            for (_, _, keep), rows in zip(reads, found, strict=True):
                keep(rows)


_STORES: Final[Mapping[str, type[Any]]] = get_type_hints(SqlTransaction)
