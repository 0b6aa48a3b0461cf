"""How our log stands: how much is published, who cosigned it, and what a person must look at."""

from collections.abc import Mapping
from dataclasses import dataclass

from comity.base.errors import ComityError
from comity.base.instants import Instant
from comity.transparency.checkpoint import Checkpoint, open_signed
from comity.transparency.cosignature import Cosigned, verify_quorum
from comity.transparency.note import parse_note
from comity.workflows.log_keys import OwnKey, cosigner_keys, own_keys
from comity.workflows.log_stores import Alarm
from comity.workflows.office import Office, directory
from comity.workflows.sequence_log import CHECKPOINT


@dataclass(frozen=True, slots=True)
class LogState:
    """`entries`: in the database, not all of them published; `published`: the checkpoint that stands."""

    entries: int
    published: Checkpoint | None
    cosigned: tuple[Cosigned, ...]
    keys: tuple[OwnKey, ...]
    alarms: tuple[Alarm, ...]

    @property
    def published_at(self) -> Instant | None:
        """When a witness last said that the checkpoint stood; None where none did."""
        return max((one.at for one in self.cosigned), default=None)


def log_state(office: Office) -> LogState:
    """Raises nothing for a checkpoint that does not verify: it then counts as none, and publishing says why."""
    data, now = office.log_folder.read(CHECKPOINT), office.clock.now()
    with office.store.transaction() as tx:
        entries, alarms, keys = tx.log.size(), tuple(tx.alarms.all()), own_keys(office, tx)
        known = {entity.id: entity for entity in directory(tx).all()}
    witnesses = [key for node in office.witnesses if node in known for key in cosigner_keys(known[node], now)]
    standing: Checkpoint | None = None
    cosigned: tuple[Cosigned, ...] = ()
    if data is not None:
        try:
            note = parse_note(data)
            standing = open_signed(note, office.origin, *(one.key for one in keys))
            cosigned = verify_quorum(note, witnesses, 0)
        except ComityError:
            standing, cosigned = None, ()
    return LogState(entries, standing, cosigned, keys, alarms)


def gauges(state: LogState, now: Instant) -> Mapping[str, float]:
    """Figures of a log for whoever watches it: nothing that its published files do not tell anyway."""
    at = state.published_at
    found = {
        "comity_log_published_entries": float(state.published.size if state.published else 0),
        "comity_log_cosignatures": float(len(state.cosigned)),
        "comity_log_alarms": float(len(state.alarms)),
    }
    if at is not None:
        found["comity_log_published_age_seconds"] = float(now.seconds - at.seconds)
    return found
