"""Cases as people look at them. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from comity.base.errors import Malformed, NotFound
from comity.base.ids import CaseId
from comity.base.instants import Instant
from comity.cases import events
from comity.cases.case import Case, Position
from comity.evidence.custody import Custody
from comity.exchange.receipt_code import read_fault
from comity.treaty.assess import Assessment, Side
from comity.treaty.findings import NeedsDecision, NotMet
from comity.workflows.assess_request import assess_request
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.every_case import of_every_case
from comity.workflows.log_growth import growth_since, head_of
from comity.workflows.office import Office
from comity.workflows.record import load
from comity.workflows.stores import Leaf, Transaction, TreeHead

WARN_DAYS: Final = 14
"""How long before preservation ends a person is told: policy of this program, not treaty."""


def all_cases(office: Office) -> tuple[Case, ...]:
    """Every case, oldest first."""
    return tuple(of_every_case(office, load))


def find(office: Office, ending: str) -> Case:
    """The case whose id ends so. Raises NotFound, or Malformed where several do."""
    with office.store.snapshot() as tx:
        if tx.cases.events(ending):  # the whole id, as pages and letters name a case: no other is looked at
            return load(tx, ending)
        matching = [case_id for case_id in tx.cases.ids() if case_id.endswith(ending)]
        if not matching:
            raise NotFound("there is no such case here", hint="see: comity case list")
        if len(matching) > 1:
            raise Malformed(f"{len(matching)} cases end so", hint="give more of the id")
        return load(tx, matching[0])


@dataclass(frozen=True, slots=True)
class View:
    """What stands against a case, what waits for a person, and what happened."""

    stops: tuple[NotMet, ...]
    waiting: tuple[NeedsDecision, ...]
    history: tuple[dict[str, str], ...]


def view(office: Office, case: Case) -> View:
    """The rules' word on the case today, and its events."""
    with office.store.transaction() as tx:
        stored = tx.cases.events(case.id)
    history = []
    for data, _ in stored:
        event = events.read(data)
        at = str(Instant.from_seconds(event.at))
        more = {"signed": _signed(event), **_said_of(event)}
        said = {name: text for name, text in more.items() if text}
        history.append({"at": at, "by": event.by, "event": events.tag_of(event), **said})
    if case.request is None:
        return View((), (), tuple(history))
    side = Side.REQUESTING if case.position is Position.REQUESTING else Side.REQUESTED
    found = assess_request(office, case.request, side)
    waiting = tuple(one for one in found.decisions if one.rule not in case.decided)
    return View(found.stops, waiting, tuple(history))


def _signed(event: events.Event) -> str:
    """How an approval of ours was given; '' for what is none."""
    if not isinstance(event, events.FirstApproved | events.Approved | events.InformationGiven) or "/" in event.by:
        return ""
    return "with a passkey" if event.passkey else "not by a passkey: an exercise"


def _said_of(event: events.Event) -> dict[str, str]:
    """What the peer said of a message of ours."""
    if not isinstance(event, events.Receipted):
        return {}
    fault = read_fault(event.code)
    return {"status": event.status, "code": fault.code, "field": fault.field}


def custody_of(office: Office, case: Case) -> Custody:
    """Who held the case's package when, every signature checked. Raises BrokenCustody or OutOfOrder."""
    with office.store.transaction() as tx:
        return chain_of_case(tx, case).custody


def events_of(office: Office, case: Case) -> tuple[events.Event, ...]:
    """Everything that happened to the case, oldest first."""
    with office.store.transaction() as tx:
        return tuple(events.read(data) for data, _ in tx.cases.events(case.id))


def entries_of(office: Office, case: Case) -> tuple[Leaf, ...]:
    """The log entries of the case's events."""
    with office.store.transaction() as tx:
        return tuple(tx.log.of_case(case.id))


def findings_of(office: Office, case: Case) -> Assessment | None:
    """All that the rules say today of the case's request, as mended if it was; None where it holds no request."""
    request = case.mended or case.request
    if request is None:
        return None
    side = Side.REQUESTING if case.position is Position.REQUESTING else Side.REQUESTED
    return assess_request(office, request, side)


def there_are(office: Office) -> tuple[TreeHead, list[str]]:
    """The log as it is now, and the id of every case there is, oldest first; none of them is read."""
    with office.store.snapshot() as tx:
        return head_of(tx), sorted(tx.cases.ids())


def read_some(office: Office, case_ids: Sequence[str]) -> tuple[Case, ...]:
    """These cases, by their whole ids, but for those that were erased meanwhile."""
    with office.store.snapshot() as tx:
        return _still_there(tx, case_ids)


@dataclass(frozen=True, slots=True)
class Changed:
    """`head`: the log as it is now; `cases`: to which something happened; `there`: as in `Growth`."""

    head: TreeHead
    cases: tuple[Case, ...]
    there: frozenset[str] | None


def changed_since(office: Office, known: TreeHead) -> Changed | None:
    """What happened since the log was so; None where all is to be read anew."""
    with office.store.snapshot() as tx:
        growth = growth_since(tx, known)
        if growth is None:
            return None
        return Changed(growth.head, _still_there(tx, growth.cases), growth.there)


def _still_there(tx: Transaction, case_ids: Sequence[str]) -> tuple[Case, ...]:
    stored = ((CaseId(case_id), tx.cases.events(case_id)) for case_id in case_ids)
    return tuple(tx.known_cases.fold(case_id, happened) for case_id, happened in stored if happened)
