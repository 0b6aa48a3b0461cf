"""How the directories trusted here changed, and who confirmed each change: for people who answer for it."""

from dataclasses import dataclass

from comity.base.instants import Instant
from comity.exchange.directory import SignedList, open_list
from comity.exchange.directory_changes import Change, differences
from comity.workflows.office import Office
from comity.workflows.peer_stores import DirectorySeen


@dataclass(frozen=True, slots=True)
class Step:
    """A list that was put in force here, or refused because another of its number had been (`adopted` False).

    `changes`: against the one before it; none for the first. `confirmed_by`: who compared its roots' fingerprint.
    """

    state: str
    sequence: int
    sha256: str
    at: Instant
    by: str
    adopted: bool
    confirmed_by: tuple[str, ...]
    changes: tuple[Change, ...]


def history(office: Office, state: str = "") -> tuple[Step, ...]:
    """Of one State or of all, by State, the newest first."""
    found: list[Step] = []
    with office.store.transaction() as tx:
        states = [state] if state else [open_list(data).value.state for data in tx.directory.lists()]
        for one in states:
            steps = list[Step]()
            before: SignedList | None = None
            for seen in tx.directories_seen.of(one):
                signed = open_list(seen.data)
                who = tuple(tx.directory.confirmed_by(one, seen.fingerprint))
                steps.append(_step(seen, signed, before, who))
                before = signed if seen.adopted else before
            found += reversed(steps)
    return tuple(found)


def _step(seen: DirectorySeen, signed: SignedList, before: SignedList | None, who: tuple[str, ...]) -> Step:
    changes = differences(before.value, signed.value) if before else ()
    return Step(seen.state, seen.sequence, str(seen.sha256), seen.at, seen.by, seen.adopted, who, changes)


def row(one: Step) -> dict[str, object]:
    """The list as data."""
    return {
        "state": one.state,
        "sequence": one.sequence,
        "sha256": one.sha256,
        "at": str(one.at),
        "by": one.by,
        "adopted": one.adopted,
        "confirmed_by": list(one.confirmed_by),
        "changes": [
            {"node": change.entity, "what": change.what, "before": change.before, "after": change.after}
            for change in one.changes
        ],
    }
