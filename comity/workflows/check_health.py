"""Whether this node can do what it is there for, found out by doing it: for whoever keeps it going, not for peers.

Each key that this process was given signs and is verified, or opens what was sealed to it; a row is written and read,
and so is an object. Beside that: how far the published log is behind, what waits, the peers' clocks, how long the
directories still hold. What fails stops work; what worries becomes a failure if nobody looks. The limits are policy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from io import BytesIO
from statistics import median
from typing import Final

from comity.base.counted import counted
from comity.base.digests import Digest
from comity.base.errors import BrokenSeal, ComityError, Unavailable
from comity.base.ids import StateCode
from comity.base.instants import Instant
from comity.crypto import age, hpke
from comity.crypto.mldsa import verify_mldsa44
from comity.crypto.signatures import verify_ed25519
from comity.exchange.directory import MLDSA44, Use
from comity.workflows.listed_keys import TOLD_DAYS, held, listed_keys
from comity.workflows.log_state import LogState, gauges, log_state
from comity.workflows.office import Office, directory
from comity.workflows.show_lines import lines
from comity.workflows.work_store import Backlog, Process

LATE_PUBLISH: Final = 3
"""Policy: so many periods without a new checkpoint, while entries wait for one, are worth a look."""
OLDEST_UNOPENED_SECONDS: Final = 120
"""Policy: what came is opened within seconds; after two leases no worker is at it."""
SKEW_SECONDS: Final = 30
"""Policy; at 300 peers refuse each other's requests."""
LEAST_DIRECTORY_DAYS: Final = 3
"""Policy: a list is good for 30 days at most; so long before its end it is to be signed anew."""
UNSEEN_SECONDS: Final = 90
"""Policy: a process that has not said for so long that it lives does not count."""
_CONTEXT: Final = b"comity health check, signs nothing"


class Standing(StrEnum):
    OK = "ok"
    WORRYING = "worrying"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried. `why`: in one line where it is not ok; never a key, a case or a name."""

    name: str
    standing: Standing
    why: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    """All checks, and the figures behind them, by the names that a monitor reads."""

    at: Instant
    checks: tuple[Check, ...]
    figures: Mapping[str, float]

    @property
    def standing(self) -> Standing:
        """That of the worst."""
        found = {check.standing for check in self.checks}
        return next((one for one in (Standing.FAILED, Standing.WORRYING) if one in found), Standing.OK)

    def shown(self, office: Office) -> dict[str, object]:
        """For JSON. `standing`: ok, worrying or failed."""
        return {
            "v": 1,
            "node": office.node,
            "mode": office.mode,
            "stamp": office.mode.stamp,
            "at": self.at.seconds,
            "standing": self.standing,
            "checks": [{"name": one.name, "standing": one.standing, "why": one.why} for one in self.checks],
            "figures": dict(self.figures),
        }


def check_health(office: Office, publish_seconds: float) -> Health:
    """Raises nothing that is comity's: what fails is a check that failed. publish_seconds: how often the log is to be
    published."""
    now = office.clock.now()
    checks = [_tried(f"key:{use}", partial(_try_key, office, use)) for use in held(office)]
    checks.append(_tried("database", lambda: _try_database(office, now)))
    checks.append(_tried("objects", lambda: _try_objects(office)))
    figures: dict[str, float] = {"comity_keys_failing": float(sum(one.standing != "ok" for one in checks[:-2]))}
    for name, look in (
        ("log", _look_at_log),
        ("work", _look_at_work),
        ("listed", _look_at_keys),
        ("peers", _look_at_peers),
    ):
        try:
            found, more = look(office, now, publish_seconds)
        except ComityError as error:
            checks.append(Check(name, Standing.FAILED, f"{error.code}: {error.what}"))
            continue
        checks += found
        figures |= more
    health = Health(now, tuple(checks), figures)
    figures["comity_failing"] = float(sum(one.standing is Standing.FAILED for one in checks))
    figures["comity_worrying"] = float(sum(one.standing is Standing.WORRYING for one in checks))
    return health


def _tried(name: str, work: Callable[[], None]) -> Check:
    try:
        work()
    except ComityError as error:
        return Check(name, Standing.FAILED, f"{error.code}: {error.what}")
    return Check(name, Standing.OK)


def _try_key(office: Office, use: Use) -> None:
    message = _CONTEXT + office.randomness.bytes(16)
    if use is Use.EVIDENCE:
        identity = office.keys.identity()
        sealed, plain = BytesIO(), BytesIO()
        age.encrypt_stream(BytesIO(message), sealed, [age.recipient_of(identity)], office.randomness.bytes)
        sealed.seek(0)
        age.decrypt_stream(sealed, plain, identity)
        if plain.getvalue() != message:
            raise BrokenSeal("what was sealed to the key does not come back", hint="restore keys/ from its copy")
    elif use is Use.ENCRYPTION:
        opener = office.keys.opener()
        if opener.open_sealed(hpke.seal(message, opener.public, _CONTEXT), _CONTEXT) != message:
            raise BrokenSeal("what was sealed to the key does not come back", hint="restore keys/ from its copy")
    elif use in MLDSA44:
        mldsa = office.keys.mldsa(use)
        verify_mldsa44(mldsa.public, message, mldsa.sign(message))
    else:
        signer = office.keys.signer(use)
        verify_ed25519(signer.public, message, signer.sign(message))


def _try_database(office: Office, now: Instant) -> None:
    """A row is written, read in a transaction of its own, and removed."""
    one = Process(f"health-{office.randomness.bytes(8).hex()}", "health", now, now, office.randomness.bytes(8).hex())
    with office.store.transaction() as tx:
        tx.work.put_process(one)
    with office.store.transaction() as tx:
        found = [each.mark for each in tx.work.processes() if each.id == one.id]
        tx.work.remove_process(one.id)
    if found != [one.mark]:
        raise Unavailable("the database does not give back what was written", hint="see its log; stop the node")


def _try_objects(office: Office) -> None:
    data = _CONTEXT + office.randomness.bytes(16)
    name = str(Digest.of(data))
    office.parts.put(name, data)
    try:
        if office.parts.read(name) != data:
            raise Unavailable("the store of evidence does not give back what was put", hint="see its log")
    finally:
        office.parts.drop([name])


_Looked = tuple[list[Check], dict[str, float]]


def _look_at_log(office: Office, now: Instant, publish_seconds: float) -> _Looked:
    state = log_state(office)
    waiting = state.entries - (state.published.size if state.published else 0)
    why = "; ".join(f"{alarm.kind} since {alarm.since}" for alarm in state.alarms)
    if not why and waiting and _is_late(state, now, publish_seconds):
        wait = counted(waiting, "entry waits", "entries wait")
        why = f"{wait}, and no checkpoint was published for {LATE_PUBLISH} periods"
    figures = dict(gauges(state, now)) | {"comity_log_unpublished": float(waiting)}
    return [Check("log", Standing.WORRYING if why else Standing.OK, why)], figures


def _is_late(state: LogState, now: Instant, publish_seconds: float) -> bool:
    """Only witnesses say when a checkpoint was published; where none is asked nobody can tell."""
    at = state.published_at
    return at is not None and now.seconds - at.seconds > LATE_PUBLISH * publish_seconds


def _look_at_work(office: Office, now: Instant, _: float) -> _Looked:
    with office.store.transaction() as tx:
        backlog = tx.work.backlog(now)
        alive = [one for one in tx.work.processes() if now.seconds - one.seen.seconds <= UNSEEN_SECONDS]
    why = ""
    if _age(backlog.oldest_unopened, now) > OLDEST_UNOPENED_SECONDS:
        came = counted(backlog.unopened, "message that came is", "messages that came are")
        why = f"{came} not opened: is a worker running?"
    return [Check("work", Standing.WORRYING if why else Standing.OK, why)], _figures_of(backlog, alive, now)


def _figures_of(backlog: Backlog, alive: list[Process], now: Instant) -> dict[str, float]:
    return {
        "comity_outbox_unsettled": float(backlog.unsettled),
        "comity_outbox_oldest_seconds": _age(backlog.oldest_unsettled, now),
        "comity_outbox_due": float(backlog.due),
        "comity_inbox_unopened": float(backlog.unopened),
        "comity_inbox_oldest_seconds": _age(backlog.oldest_unopened, now),
        "comity_receipts_waiting": float(backlog.receipts),
        "comity_processes": float(len(alive)),
    }


def _age(since: Instant | None, now: Instant) -> float:
    return float(max(0, now.seconds - since.seconds)) if since else 0.0


def _look_at_keys(office: Office, now: Instant, _: float) -> _Looked:
    """A key that signs is worth nothing where the list does not name it, or says that it is over."""
    with office.store.transaction() as tx:
        found = listed_keys(office, tx)
    if not found:
        return [_worry("listed", "no directory trusted here names this node: comity directory show")], {}
    left = min(((one.ends.seconds - now.seconds) / 86400 if one.ends else 0.0) for one in found)
    figures = {"comity_keys_days_left_least": left}
    faults = "; ".join(f"the {one.use} key {one.fault}" for one in found if one.fault)
    if faults:
        return [Check("listed", Standing.FAILED, f"{faults}: peers do not believe it")], figures
    soon = ", ".join(one.use for one in found if one.ends is not None and one.ends < now.plus_days(TOLD_DAYS))
    why = f"the keys {soon} end within {TOLD_DAYS} days: comity directory rotate, or prolong" if soon else ""
    return [_worry("listed", why)], figures


def _look_at_peers(office: Office, now: Instant, _: float) -> _Looked:
    shown = lines(office)
    skews = [one.skew for one in shown if one.last_answer is not None]
    skew = median(skews) if skews else 0.0
    stuck = sum(one.stuck for one in shown)
    wait = counted(stuck, "message waits", "messages wait")
    with office.store.transaction() as tx:
        known = directory(tx)
    left = {value.state: (value.next_update - now.seconds) / 86400 for value in known.lists.values()}
    own, nearest = left.get(StateCode(office.state), -1.0), min(left.values(), default=-1.0)
    checks = [
        _worry("stuck", f"{wait} too long: comity exchange outbox --stuck" if stuck else ""),
        _worry("clock", f"ours differs by {skew:.0f} s from most peers'" if abs(skew) > SKEW_SECONDS else ""),
        _worry("directory", _said_of_lists(own, sum(days < 0 for days in left.values()))),
    ]
    figures = {
        "comity_outbox_stuck": float(stuck),
        "comity_peers": float(len(shown)),
        "comity_peers_failing": float(sum(one.failures > 0 for one in shown)),
        "comity_clock_skew_seconds": float(skew),
        "comity_directory_days_left": own,
        "comity_directories_days_left_least": nearest,
    }
    return checks, figures


def _said_of_lists(own: float, ended: int) -> str:
    if own < LEAST_DIRECTORY_DAYS:
        said = f"our State's list ends in {own:.1f} days" if own >= 0 else "our State's list has ended, or is not here"
        return f"{said}: comity directory renew"
    lists = counted(ended, "State's list has", "States' lists have")
    return f"{lists} ended: ask for newer ones" if ended else ""


def _worry(name: str, why: str) -> Check:
    return Check(name, Standing.WORRYING if why else Standing.OK, why)
