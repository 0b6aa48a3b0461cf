"""Addresses and numbers in a request's words to which somebody would have the answer sent (OV-41).

Answers go to the address that the directory has, and to no other. What a request says of another is shown to a person,
because it is how forged requests are answered: never followed, never dialled.
"""

import re
from collections.abc import Iterable
from typing import Final

from comity.exchange.directory import Entity

_MAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,24}")
_PAGE: Final = re.compile(r"https?://([A-Za-z0-9.-]{1,253})[^\s<>\"']{0,500}")
_HOST: Final = re.compile(r"https?://([A-Za-z0-9.-]{1,253})")
_PHONE: Final = re.compile(r"\+[0-9][0-9 ()./-]{6,24}[0-9]")
TEXT_LIMIT: Final = 65_536
"""Letters looked at; a request is at most 128 KiB."""


def elsewhere(texts: Iterable[str], sender: Entity, about: Iterable[str]) -> tuple[str, ...]:
    """What is named in `texts` and is neither the sender's own in the directory nor what the request is about.

    about: the accounts, addresses and numbers whose data are asked for.
    """
    whole = "\n".join(texts)[:TEXT_LIMIT]
    host = _host_of(sender.endpoint)
    asked = "\n".join(about).casefold()
    own_number = _digits(sender.telephone)
    found = [one for one in _MAIL.findall(whole) if not _is_of(one.rpartition("@")[2], host)]
    found += [one[0] for one in _PAGE.finditer(whole) if not _is_of(one[1], host)]
    found += [one for one in _PHONE.findall(whole) if not own_number or _digits(one) != own_number]
    return tuple(dict.fromkeys(one for one in found if one.casefold() not in asked))


def _host_of(address: str) -> str:
    found = _HOST.match(address)
    return found[1] if found else ""


def _is_of(name: str, host: str) -> bool:
    """Whether a host name is the node's own."""
    return bool(host) and name.casefold() == host.casefold()


def _digits(number: str) -> str:
    return "".join(one for one in number if one.isdigit())
