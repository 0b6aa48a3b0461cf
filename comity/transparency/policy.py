"""Which logs one believes, and how many of which witnesses must have seen them (C2SP tlog-policy, draft of July 2026).

    log <vkey> [<url>]
    witness <name> <vkey> [<url>]
    group <name> all|any|<k> <member> ...        members: witnesses or groups named above
    quorum <name>|none                           exactly once

Rules: empty lines and those that begin with # say nothing. A name stands for one thing; a member is used once; no
public key stands twice. A witness counts once a name of its key, whatever kinds of signature it makes: its two keys are
two witness lines joined by a group `any`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from comity.base.errors import BadSignature, Malformed, Mistake, NotFound
from comity.base.parsing import check_size
from comity.transparency.cosignature import Cosigned, moments
from comity.transparency.note import SignedNote, VerifierKey, parse_vkey
from comity.transparency.signature_kinds import Kind

POLICY_LIMIT: Final = 64 * 1024
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Group:
    """So many of these members."""

    at_least: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """logs: the keys of each log by its origin; witnesses: a key by name. Addresses may be there; none is read."""

    logs: dict[str, tuple[VerifierKey, ...]]
    witnesses: dict[str, VerifierKey]
    groups: dict[str, Group]
    quorum: str

    def keys_of(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys trusted for a log. Raises NotFound for one the policy does not name."""
        if origin not in self.logs:
            raise NotFound("the policy names no such log", where=origin, hint="add a line: log <vkey>")
        return self.logs[origin]

    def check(self, note: SignedNote) -> tuple[Cosigned, ...]:
        """Who cosigned the checkpoint in `note`, if that is a quorum. Raises BadSignature if it is none, or a known
        witness's signature is bad."""
        found: dict[str, Cosigned] = {}
        for name, key in self.witnesses.items():
            times = moments(note, key)
            if times:
                found[name] = Cosigned(key.name, max(times))
        if self.quorum != NONE and not self._holds(self.quorum, found):
            raise BadSignature(
                f"no quorum: {len(found)} of the policy's {len(self.witnesses)} witness keys cosigned this checkpoint",
                hint="wait for the next checkpoint, or ask the log for one that its witnesses cosigned",
            )
        latest: dict[str, Cosigned] = {}
        for one in found.values():
            latest[one.witness] = max(one, latest.get(one.witness, one), key=lambda seen: seen.at)
        return tuple(latest.values())

    def _holds(self, name: str, found: dict[str, Cosigned]) -> bool:
        if name in self.witnesses:
            return name in found
        group = self.groups[name]
        return sum(self._holds(member, found) for member in group.members) >= group.at_least


@dataclass
class _Reading:
    logs: dict[str, tuple[VerifierKey, ...]] = field(default_factory=dict)
    witnesses: dict[str, VerifierKey] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    quorum: str = ""
    used: set[str] = field(default_factory=set)
    publics: set[bytes] = field(default_factory=set)


def parse_policy(data: bytes) -> Policy:
    """A policy from its text. Raises TooLarge, or Malformed with the line."""
    check_size(data, POLICY_LIMIT, "the policy")
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Malformed("the policy is not UTF-8", hint="C2SP tlog-policy") from None
    read = _Reading()
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            _line(read, words)
        except Malformed as error:
            raise Malformed(
                error.what, where=f"line {number}", hint=error.hint, mistakes=[Mistake("", error.what, number)]
            ) from None
    if not read.quorum:
        raise Malformed("the policy names no quorum", hint="quorum <name>, or quorum none")
    return Policy(read.logs, read.witnesses, read.groups, read.quorum)


def _line(read: _Reading, words: Sequence[str]) -> None:
    match words:
        case ["log", vkey, *url] if len(url) <= 1:
            key = _fresh(read, vkey)
            if key.kind is Kind.COSIGNATURE_ED25519:
                raise Malformed("a witness's key on a log's line", hint="a log's key has type 0x01 or 0x06")
            read.logs[key.name] = (*read.logs.get(key.name, ()), key)
        case ["witness", name, vkey, *url] if len(url) <= 1:
            key = _fresh(read, vkey)
            if not key.kind.is_dated:
                raise Malformed("not a cosigner's key", hint="a witness's key has type 0x04 or 0x06")
            read.witnesses[_new(read, name)] = key
        case ["group", name, count, *members] if members:
            for member in members:
                if member not in read.witnesses and member not in read.groups:
                    raise Malformed(f"{member} is not named above", hint="witnesses and groups come before their use")
                if member in read.used:
                    raise Malformed(f"{member} is a member already", hint="a member is used once")
                read.used.add(member)
            read.groups[_new(read, name)] = Group(_count(count, len(members)), tuple(members))
        case ["quorum", name] if not read.quorum:
            if name != NONE and name not in read.witnesses and name not in read.groups:
                raise Malformed(f"{name} is not named above", hint="witnesses and groups come before the quorum")
            read.quorum = name
        case ["quorum", _]:
            raise Malformed("a second quorum", hint="a policy has one")
        case _:
            raise Malformed("not a line of a policy", hint="log, witness, group or quorum, with their words")


def _fresh(read: _Reading, vkey: str) -> VerifierKey:
    key = parse_vkey(vkey)
    if key.public in read.publics:
        raise Malformed("this public key stands above already", hint="each key once")
    read.publics.add(key.public)
    return key


def _new(read: _Reading, name: str) -> str:
    if name in read.witnesses or name in read.groups or name == NONE:
        raise Malformed(f"{name} stands for something already", hint="choose another name")
    return name


def _count(text: str, members: int) -> int:
    if text in ("all", "any"):
        return members if text == "all" else 1
    if not (text.isascii() and text.isdigit() and not text.startswith("0")) or int(text[:9]) > members:
        raise Malformed(f"a group of {members} cannot ask for {text[:20]}", hint="all, any, or 1 to as many as it has")
    return int(text)
