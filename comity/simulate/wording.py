"""Reasons of a request as different offices write them: put together from phrases, or copied from an earlier one."""

from random import Random
from typing import Final

_WHO: Final = (
    "a pensioner in the capital",
    "the treasurer of a school",
    "two nurses of a clinic",
    "an importer of machine parts",
    "the owner of a bakery",
    "a shipping agent at the port",
    "a family that had sold its house",
    "the accountant of a theatre",
    "a cooperative of farmers",
    "a student who looked for a flat",
    "the council of a small town",
    "a dealer in used cars",
)
_DID: Final = (
    "was led by messages to a copied page of the bank",
    "received invoices with another account number",
    "found every file on the server encrypted overnight",
    "paid deposits for goods that never came",
    "was shown winnings on a trading page that held none",
    "lost the mailbox, and with it the keys of the shop",
    "saw the pumps stop after somebody logged in from outside",
    "was called by somebody who knew the last three payments",
    "learnt that licences had been issued in the office's name",
    "had the telephone number moved to another card",
)
_TRACE: Final = (
    "the first login came from the address named below",
    "the domain was paid for with the account named below",
    "the stolen data were kept at the provider named below for a week",
    "the messages were sent through the server named below",
    "the wallet was opened with a mailbox at the provider named below",
    "a backup of the page was found under the address named below",
    "the same device opened both accounts named below",
    "the advertisement was booked by the customer named below",
)
_TRIED: Final = (
    "the bank was asked first, and its records end at a forged passport",
    "the telephone company had deleted its records after a month",
    "the two men arrested at the counter knew only a nickname",
    "open sources were searched, and gave nothing but the nickname",
    "the mobile telephone that was seized could not be opened",
    "the payment service named a company that does not exist",
    "neighbours were heard, and nobody had seen the tenant",
    "the parcel shop had overwritten its pictures",
)
_NARROW: Final = (
    "only the weeks in which the money moved are asked for",
    "no message is asked for, only who logged in and when",
    "one account of the three is left out, since it belongs to a relative",
    "the period ends on the day of the complaint",
    "what the lawyer of the company wrote is to be left out",
    "the name of the customer would be enough, if it can be had alone",
    "only logins from abroad matter",
    "the data of the other users of that server are not wanted",
)
_COPIES: Final = 3
"""An office that copies has so many texts."""


def draw(office: str, repeated: float, drawn: Random) -> tuple[str, str]:
    """Facts and reasons; with the chance `repeated`, one of the office's few texts, with another date in it."""
    source = Random(f"{office}/{drawn.randrange(_COPIES)}") if drawn.random() < repeated else drawn  # noqa: S311 - repeats
    pick = source.choice
    facts = f"On day {drawn.randrange(1, 366)} {pick(_WHO)} {pick(_DID)}; {pick(_TRACE)}, and then {pick(_TRACE)}."
    why = f"In this matter {pick(_TRIED)}, and {pick(_TRIED)}. Of what there is {pick(_NARROW)}; {pick(_NARROW)}."
    return facts, why
