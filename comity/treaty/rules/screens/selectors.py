"""By what the data are selected: named accounts, addresses and persons, not everybody who fits (OV-07).

A wildcard in an identifier stops a request already (`scope.specific`); what is wider in other ways is for a person, who
may find a judge's order for it.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network

from comity.treaty import screens
from comity.treaty.findings import Finding
from comity.treaty.measures import measure
from comity.treaty.request import Sought
from comity.treaty.rules.matter import Matter, shorten
from comity.treaty.rules.screens.answer import answer, words

_ADDRESS = re.compile(r"[0-9a-f]{0,4}[.:]", re.ASCII | re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?([ T]\d\d:\d\d(:\d\d)?Z?)?", re.ASCII)
_DATES = re.compile(rf"{_DATE.pattern}(\s*(/|-|\.\.|to|until)\s*{_DATE.pattern})?", re.ASCII)


def bulk(matter: Matter) -> Finding:
    """Selectors wider than a person or an account, in words, ranges or time alone (23(1), 41(1))."""
    request = matter.request
    hits = [hit for sought in request.measures for hit in _wide(matter, sought)]
    ipv4, ipv6 = screens.limit("ipv4_addresses"), screens.limit("ipv6_prefix")
    looked = (
        f"identifiers, data, procedure and place of each measure; ranges over {ipv4.value} IPv4 addresses or wider "
        f"than an IPv6 /{ipv6.value}, limits of this program"
    )
    beside = f"The request names an authorisation: {shorten(request.prior_authorisation)}." if hits else ""
    return answer("screens.bulk", hits, looked, beside=beside if request.prior_authorisation else "")


def _wide(matter: Matter, sought: Sought) -> Iterator[str]:
    yield from words(matter, "bulk", "what is asked", sought.data, sought.procedure, sought.custodian, sought.location)
    yield from words(matter, "bulk", "an identifier", *sought.identifiers)
    for name in sought.identifiers:
        if (count := _range(name)) is not None:
            yield f"the range {shorten(name, 48)} covers {count}"
    kind = measure(sought.measure, matter.request.instrument)
    if kind is None or not kind.reach:
        return
    named = any(name.strip() and not _DATES.fullmatch(name.strip()) for name in sought.identifiers)
    if not named and not any(person.name for person in matter.request.persons):
        only = "a date" if sought.identifiers else "a place, a holder or a time"
        yield f"{sought.measure} names no account, address, number or person, only {only}"


def _range(name: str) -> str | None:
    """How much an address range over the limit covers, in words; None for anything else."""
    text = name.strip()
    if ("/" not in text and "-" not in text) or not begins_like_an_address(text):
        return None
    try:
        return _network(text) if "/" in text else _from_to(text)
    except ValueError:
        return None


def begins_like_an_address(text: str) -> bool:
    """True for every IPv4 and IPv6 address, and seldom for a name: to try whether it is one takes longer."""
    return _ADDRESS.match(text) is not None


def _network(text: str) -> str | None:
    found: IPv4Network | IPv6Network = ip_network(text, strict=False)
    if isinstance(found, IPv4Network):
        count = found.num_addresses
        return f"{count} addresses" if count > screens.limit("ipv4_addresses").value else None
    return f"an IPv6 /{found.prefixlen}" if found.prefixlen < screens.limit("ipv6_prefix").value else None


def _from_to(text: str) -> str | None:
    """'192.0.2.1-192.0.2.200' or '192.0.2.1-200'. Raises ValueError for what is no range of addresses."""
    start, _, end = (part.strip() for part in text.partition("-"))
    first = ip_address(start)
    last = ip_address(end if not end.isdigit() else f"{start.rpartition('.')[0]}.{end}")
    count = int(last) - int(first) + 1
    if isinstance(first, IPv4Address):
        return f"{count} addresses" if count > screens.limit("ipv4_addresses").value else None
    one_line = 1 << (first.max_prefixlen - screens.limit("ipv6_prefix").value)
    return f"{count} addresses" if count > one_line else None
