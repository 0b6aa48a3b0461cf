"""Looks, when a list is taken in, whether one of its nodes looks like another: a person is told, nothing is refused."""

from typing import Final

from comity.base.ids import NodeId
from comity.exchange.directory import SignedList
from comity.exchange.look_alikes import LookAlike, look_alikes
from comity.workflows.office import Office, open_once
from comity.workflows.stores import Transaction

ALARM: Final = "look-alike"


def watch_names(
    office: Office, tx: Transaction, signed: SignedList, before: SignedList | None
) -> tuple[LookAlike, ...]:
    """The nodes that this list has and the one before had not, and that look like another node of any list here.

    An alarm stands as long as any two nodes that are listed look alike.
    """
    old = {(one.id, one.name) for one in before.value.entities} if before else set()
    if old == {(one.id, one.name) for one in signed.value.entities}:
        return ()  # the names that are listed are the same as before, and so is what stands of them
    now = office.clock.now()
    every = {NodeId(one.id): one for data in tx.directory.lists() for one in open_once(data).value.entities}
    every |= {NodeId(one.id): one for one in signed.value.entities}
    pairs = look_alikes(every.values(), every.values())
    if pairs:
        tx.alarms.sound(ALARM, f"{pairs[0].node} looks like {pairs[0].other}", now)
    else:
        tx.alarms.clear(ALARM)
    new = [one for one in signed.value.entities if (one.id, one.name) not in old]
    return look_alikes(new, every.values())
