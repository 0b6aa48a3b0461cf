"""Identifiers as types, so that one is never passed for another.

A `NodeId` names who speaks: the State's code, a slash, and a short name: `XA/central-authority`, `XB/provider-one`.
Message and case ids are UUIDv7 (RFC 9562): they sort by time, which keeps database inserts at the right edge.
"""

import re
from typing import NewType

from comity.base.errors import Malformed
from comity.base.instants import Instant

StateCode = NewType("StateCode", str)
"""ISO 3166-1 alpha-2; XA to XZ are user-assigned there and used for the invented States of exercises."""
NodeId = NewType("NodeId", str)
CaseId = NewType("CaseId", str)
MessageId = NewType("MessageId", str)
PackageId = NewType("PackageId", str)
ChannelId = NewType("ChannelId", str)
ActorId = NewType("ActorId", str)
"""A person, by a pseudonym that their own office can resolve."""

_END = 8
_STATE = re.compile(r"[A-Z]{2}")
_NODE = re.compile(r"[A-Z]{2}/[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?")
_ACTOR = re.compile(r"[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def state_code(text: str) -> StateCode:
    """Two capital letters, or Malformed."""
    if not _STATE.fullmatch(text):
        raise Malformed("not a State code", hint="two capital letters, as XA (ISO 3166-1 alpha-2)")
    return StateCode(text)


def node_id(text: str) -> NodeId:
    """`XX/name`, or Malformed."""
    if not _NODE.fullmatch(text):
        raise Malformed("not a node id", hint="a State code, a slash and a name, as XA/central-authority")
    return NodeId(text)


def actor_id(text: str, where: str = "") -> ActorId:
    """A pseudonym of 1 to 64 small letters, digits, dots, dashes; or Malformed. where: the field it was given in."""
    if not _ACTOR.fullmatch(text):
        raise Malformed("not a person's id", where=where, hint="small letters, digits, dot, dash: as duty-officer-1")
    return ActorId(text)


def state_of(node: NodeId) -> StateCode:
    """The State a node id begins with."""
    return StateCode(node[:2])


def is_exercise_state(state: StateCode) -> bool:
    """Whether the code is user-assigned in ISO 3166-1 (AA, QM-QZ, XA-XZ, ZZ): never a real State."""
    return state in ("AA", "ZZ") or state[0] == "X" or (state[0] == "Q" and "M" <= state[1] <= "Z")


def uuid7(at: Instant, chance: bytes) -> str:
    """A UUIDv7 from a moment and 10 random bytes (RFC 9562 section 5.7), as lower-case text."""
    if len(chance) != 10:
        raise Malformed("a UUIDv7 takes 10 random bytes", hint="pass 10 bytes from the randomness port")
    if at.seconds < 0:
        raise Malformed("a UUIDv7 has no moment before 1970", hint="set the clock")
    value = bytearray((at.seconds * 1000).to_bytes(6, "big") + chance)
    value[6] = 0x70 | (value[6] & 0x0F)
    value[8] = 0x80 | (value[8] & 0x3F)
    text = value.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def made_at(name: str) -> Instant:
    """The moment a UUIDv7 was made, to the second. Raises ValueError where it does not begin with one."""
    return Instant.from_seconds(int(name.replace("-", "")[:12], 16) // 1000)


def check_uuid(text: str) -> str:
    """The canonical text of a UUID, or Malformed; refuses other spellings of the same one."""
    if not _UUID.fullmatch(text):
        raise Malformed("not a UUID", hint="lower-case with dashes, as 01934f5e-7c00-7000-8000-000000000000")
    return text


def end_of(name: str) -> str:
    """The last 8 characters of a UUIDv7, by which lists name it: chance made them. Its beginning is the time, and alike
    for whatever was made within some minutes."""
    return name[-_END:]
