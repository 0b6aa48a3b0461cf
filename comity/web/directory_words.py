"""The words of directories: what a key is for, what a newer list changed, and what a log states for all to read."""

from collections.abc import Mapping
from typing import Final

from comity.base.untranslated import N_

USES: Final[Mapping[str, str]] = {
    "transport": N_("Signs what nodes ask of each other"),
    "authority": N_("Signs documents"),
    "encryption": N_("What is sent is sealed to it"),
    "receipt": N_("Signs receipts"),
    "log": N_("Signs its log"),
    "witness": N_("Cosigns logs that it has seen"),
    "evidence": N_("Signs packages of evidence"),
    "log-mldsa44": N_("Signs its log beside the other key"),
    "witness-mldsa44": N_("Cosigns logs beside the other key"),
    "approver": N_("A passkey of somebody who approves emergencies"),
}
DIRECTORY_CHANGES: Final[Mapping[str, str]] = {
    "listed": N_("newly listed"),
    "no longer listed": N_("no longer listed"),
    "root added": N_("a root key was added"),
    "root removed": N_("a root key was removed"),
    "state": N_("its State"),
    "mode": N_("exercise or live"),
    "threshold": N_("how many root keys must sign"),
    "role": N_("what kind of node it is"),
    "name": N_("its name"),
    "endpoint": N_("its address"),
    "origin": N_("the name of its log"),
    "telephone": N_("its telephone number"),
    "central": N_("whether it is the central authority"),
}
"""What a newer list can have changed, by what `exchange.directory_changes` calls it."""
CHANGES_OF_KEYS: Final = (
    N_("new {use} key"),
    N_("{use} key gone"),
    N_("{use} key {kid}: bytes"),
    N_("{use} key {kid}: dates"),
    N_("{use} key {kid}: rights"),
    N_("{use} key {kid}: revoked"),
)
"""The same of keys, as it is said there: found again by its words."""
STATEMENTS: Final[Mapping[str, str]] = {
    "directory": N_("A directory was put in force"),
    "directory-fork": N_("A State signed two directories of one number"),
    "erased": N_("A case was erased"),
    "erased-by-peer": N_("A peer erased its copy of a case"),
    "key-add": N_("A key began to sign the log"),
    "key-retire": N_("A key ceased to sign the log"),
    "late-proof": N_("A peer owes the proof that its log holds a message"),
    "missing-proof": N_("A peer gave no proof that its log holds a message"),
    "pair-close": N_("The sealed figures of a period with a peer"),
    "recovery": N_("The log was recovered"),
    "retention": N_("What was past its end was deleted"),
    "statistics": N_("Statistics were published"),
    "statistics-audit": N_("An auditor counted statistics again"),
}
"""What a log states for all to read, by the kind of the statement."""
