"""Words for secrecy, complaints and what is kept; `words` holds the rest."""

from collections.abc import Mapping
from typing import Final

from comity.web.words import N_

SECRECY_CODES: Final[Mapping[str, str]] = {
    "investigation": N_("The investigation would be harmed"),
    "destruction": N_("Data would be destroyed or changed"),
    "flight": N_("A person would flee"),
    "safety": N_("Somebody's life or safety would be at risk"),
    "witnesses": N_("Witnesses would be threatened or influenced"),
    "in_words": N_("As said in words"),
    "ordered": N_("As the order says"),
}
"""Why something is secret, by its code."""
COMPLAINTS: Final[Mapping[str, str]] = {
    "complaint": N_("Complaint"),
    "correction": N_("Data are to be corrected"),
    "erasure": N_("Data are to be erased"),
}
OUTCOMES: Final[Mapping[str, str]] = {
    "done": N_("Done"),
    "in_part": N_("Done in part"),
    "refused": N_("Refused"),
}
ITEMS: Final[Mapping[str, str]] = {
    "case": N_("The case"),
    "draft": N_("A draft"),
    "evidence": N_("Evidence held here"),
    "copy": N_("The copy of evidence that was handed on"),
    "preserved copy": N_("Copies preserved for an order"),
    "access record": N_("The record of who looked"),
    "person who left": N_("Somebody who left"),
    "question on a signal": N_("A question that a signal opened"),
    "session": N_("A session"),
    "form begun": N_("A form that was begun"),
}
"""What is kept, by its name in the retention list."""
