"""Which addresses a node calls: `may_call` judges one as it is written, `may_reach` what its name stands for.

Source: docs/formats/envelope.md, section 6. A directory is signed, and its signer may still be deceived or hostile: no
entry in it makes this node talk to itself, to its neighbours behind the firewall, or to a cloud's own services.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from comity.base.errors import Malformed
from comity.base.mode import Mode

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_PLAIN: Final = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:[0-9]{1,5})?(/[A-Za-z0-9._~/%?=&-]*)?")
"""Nothing that two programs read in two ways: no spaces, backslashes, user names, zones or other scripts."""
_LOWEST_PORT: Final = 1024
_TLS_PORT: Final = 443
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")

_NOT_GLOBAL: Final = (ipaddress.ip_network("fec0::/10"), ipaddress.ip_network("3fff::/20"))
"""Site-local, which networks still use within, and documentation: Python's list of what is global has them."""
_OF_CLOUDS: Final = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("168.63.129.16/32"))
"""Where clouds serve their own data, though not every list of private addresses has them."""


def parse_network(text: str) -> Network:
    """A network as an operator writes it, as 10.1.0.0/16. Raises Malformed."""
    try:
        return ipaddress.ip_network(text)
    except ValueError:
        raise Malformed("this is no network", hint="as 10.1.0.0/16 or fd00:1::/32") from None


@lru_cache(maxsize=1024)
def may_call(url: str, mode: Mode) -> bool:
    """Whether a node may be called there: https to another machine; in an exercise, loopback also by http."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets or a port that cannot be
        return False
    if not host or parts.username is not None or not _PLAIN.fullmatch(url):
        return False
    if _is_this_machine(host):
        return mode is Mode.EXERCISE and parts.scheme in ("http", "https") and port != 0
    return parts.scheme == "https" and (port in (None, _TLS_PORT) or (port or 0) >= _LOWEST_PORT)


def may_reach(address: str, mode: Mode, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address, as numbers, may be connected to: a public one, one of the networks the operator allows, or
    loopback in an exercise. What carries another address inside it is judged by that as well."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return all(_may_reach(one, mode, allowed) for one in _all_of(found))


def _may_reach(address: _Address, mode: Mode, allowed: Sequence[Network]) -> bool:
    if any(address in network for network in allowed if network.version == address.version):
        return True
    if address.is_loopback:
        return mode is Mode.EXERCISE
    if any(address in network for network in (*_OF_CLOUDS, *_NOT_GLOBAL)):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _all_of(address: _Address) -> list[_Address]:
    """An address and those inside it: mapped, by 6to4, Teredo or NAT64."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    inside = [address.sixtofour, *(address.teredo or ())]
    if address in _NAT64:
        inside.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    found = [one for one in inside if one is not None]
    return [*found] if address in _NAT64 else [address, *found]


def _is_this_machine(host: str) -> bool:
    if host.rstrip(".") == "localhost" or host.rstrip(".").endswith(".localhost"):
        return True
    try:
        address: _Address = ipaddress.ip_address(host)
    except ValueError:
        try:
            address = ipaddress.ip_address(socket.inet_aton(host))  # 127.1 and 2130706433 are ways to write it too
        except OSError:
            return False
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or address
    return address.is_loopback or address.is_unspecified
