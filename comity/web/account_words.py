"""The words of accounts: how somebody signed in, what was done, what changed among people."""

from collections.abc import Mapping
from typing import Final

from comity.web.words import N_

HOW: Final[Mapping[str, str]] = {
    "passkey": N_("With a passkey"),
    "provider": N_("By the authority's own provider"),
    "persona": N_("As a persona, by a click"),
}
DONE: Final[Mapping[str, str]] = {
    "joined": N_("You have joined, and are signed in. Add a second passkey on another device."),
    "added": N_("The passkey is added."),
    "removed": N_("The passkey is removed."),
    "ended": N_("The session is ended."),
}
CHANGES: Final[Mapping[str, str]] = {
    "invited": N_("Invited"),
    "joined": N_("Joined"),
    "renewed": N_("Joined anew"),
    "roles": N_("Other roles"),
    "suspended": N_("Suspended"),
    "resumed": N_("Let in again"),
    "passkey_added": N_("Passkey added"),
    "passkey_removed": N_("Passkey removed"),
    "configured": N_("Given oversight by the configuration"),
    "unconfigured": N_("No longer given oversight by the configuration"),
    "acknowledged": N_("Saw an alarm and ended it"),
    "forgotten": N_("Forgotten: only this record is left"),
}
