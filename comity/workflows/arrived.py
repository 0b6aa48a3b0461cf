"""A message that was checked, with all that came with it, as it is entered into a case."""

from dataclasses import dataclass

from comity.base.ids import CaseId, uuid7
from comity.cases import events
from comity.cases.case import Case
from comity.exchange import document as documents
from comity.exchange.checks import ChannelEnd
from comity.exchange.directory import Entity
from comity.exchange.envelope import Envelope
from comity.workflows.office import Office
from comity.workflows.record import begin, record
from comity.workflows.stores import Channel, Transaction


@dataclass(frozen=True, slots=True)
class Arrived:
    """The message, in the transaction of its receipt. What it says is written with its document and its envelope."""

    office: Office
    tx: Transaction
    signed: documents.Signed
    sender: Entity
    envelope: Envelope

    @property
    def document(self) -> documents.Document:
        return self.signed.document

    @property
    def at(self) -> int:
        """When it is entered, in POSIX seconds."""
        return self.office.clock.now().seconds

    @property
    def end(self) -> ChannelEnd:
        """How far its channel has come with it."""
        return ChannelEnd(self.document.seq, str(self.envelope.digest))

    def begin(self, event: events.Received | events.OrderReceived) -> Case:
        """A new case, which the message's channel belongs to from now on."""
        office, document = self.office, self.document
        case_id = CaseId(uuid7(office.clock.now(), office.randomness.bytes(10)))
        case = begin(office, self.tx, case_id, event, doc_sha256=str(self.signed.digest), envelope=self.envelope)
        self.tx.channels.add(Channel(document.channel, case.id, document.from_, ChannelEnd(), self.end))
        return case

    def record(self, case: Case, event: events.Event) -> Case:
        """As `record.record`."""
        return record(self.office, self.tx, case, event, doc_sha256=str(self.signed.digest), envelope=self.envelope)
