"""What a person must look at in this node's log. Operators are told on every page, oversight where the log is shown.

Nobody else is: that an alarm stands may say with whom and when this node worked. Anyone sees how old the published
checkpoint is, and can draw the same conclusion from it.
"""

from collections.abc import Mapping, Set
from typing import Final

from comity.web.emergency_words import ALARMS
from comity.web.words import N_
from comity.workflows.access import PersonRole
from comity.workflows.keep_directory import FORK
from comity.workflows.listed_keys import END as KEYS_END
from comity.workflows.log_stores import Alarm
from comity.workflows.office import Office
from comity.workflows.people_record import OVERSIGHT_ALARM
from comity.workflows.sequence_log import PUBLISH, QUORUM, RECOVERY
from comity.workflows.sound_alarm import BROKEN
from comity.workflows.watch_directories import ENDS, OVER, WAITS

TOLD: Final = frozenset({PersonRole.OPERATOR, PersonRole.OVERSIGHT})
KINDS: Final[Mapping[str, str]] = {
    QUORUM: N_("Too few witnesses answer. The last checkpoint stays until they do; work goes on."),
    RECOVERY: N_("More was published than is here, as after a restored copy. The log has to be recovered."),
    PUBLISH: N_("The log could not be published."),
    FORK: N_("A State has signed two directories of one number: one of the two is false. Call it."),
    ENDS: N_("A directory ends soon. Have it signed anew, and hand it to all peers."),
    OVER: N_("A directory has ended: only preservation goes on, with a person's decision. Take in the next one."),
    WAITS: N_("A next key of this node does not take over: its directory was not signed in time."),
    KEYS_END: N_("A key of this node ends soon. Rotate it, or have it listed for longer."),
    "pair": N_("What a peer wrote of a period is not what is written here. Compare the two."),
    OVERSIGHT_ALARM: N_("Somebody no longer oversees this node. Oversight looks into it, and says so."),
    BROKEN: N_("A case cannot be read: its records were changed. Restore the database."),
    "restored": N_("This node was restored from a backup. It asks its peers what it has forgotten."),
    "proof": N_("A peer gave no good proof that its log holds a message."),
    **ALARMS,
}
"""What each kind of alarm means."""


def alarms_for(office: Office, roles: Set[str]) -> tuple[Alarm, ...]:
    """The alarms that stand, for whom they are; none for others."""
    if not roles & TOLD:
        return ()
    with office.store.transaction() as tx:
        return tuple(tx.alarms.all())


def banner_for(office: Office, roles: Set[str]) -> int:
    """How many alarms an operator is told of on every page."""
    return len(alarms_for(office, roles)) if PersonRole.OPERATOR in roles else 0
