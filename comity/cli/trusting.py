"""Whom a check believes: the options that every check of a log shares."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from comity.adapters.files import read_limited
from comity.base.errors import Malformed
from comity.transparency.cosignature import Cosigned, check_witnesses, verify_quorum
from comity.transparency.note import SignedNote, VerifierKey, parse_vkey
from comity.transparency.policy import POLICY_LIMIT, parse_policy

Policy = Annotated[
    Path | None, typer.Option(help="A policy file (C2SP tlog-policy): logs, witnesses and how many are enough.")
]
Witness = Annotated[list[str] | None, typer.Option(help="A witness's key; again for more.")]
AtLeast = Annotated[
    int | None, typer.Option(help="How many of the witnesses must have cosigned; all that are named if not given.")
]


class Trusting:
    """Keys of logs, and who must have seen a checkpoint."""

    def __init__(self, vkey: str, policy: Path | None, witness: list[str] | None, at_least: int | None) -> None:
        if policy is not None and (witness or at_least is not None):
            raise Malformed("a policy names its witnesses itself", where="--policy", hint="leave out --witness")
        self._policy = parse_policy(read_limited(policy, POLICY_LIMIT)) if policy else None
        self._key = parse_vkey(vkey) if vkey else None
        if self._key is None and self._policy is None:
            raise Malformed("whose log is this to be?", where="--vkey", hint="--vkey KEY, or --policy FILE")
        self._witnesses = [parse_vkey(one) for one in witness or ()]
        self._at_least = len({one.name for one in self._witnesses}) if at_least is None else at_least
        check_witnesses(self._witnesses, self._at_least)

    def keys(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys trusted for a log. Raises NotFound, or Malformed where another log's key was given."""
        if self._key is not None:
            if self._key.name != origin:
                raise Malformed(
                    f"the key is of {self._key.name}, this is of {origin}", where="--vkey", hint="see which"
                )
            return (self._key,)
        assert self._policy is not None
        return self._policy.keys_of(origin)

    @property
    def quorum(self) -> Callable[[SignedNote], tuple[Cosigned, ...]]:
        """The check that enough witnesses have seen a checkpoint."""
        if self._policy is not None:
            return self._policy.check
        return lambda note: verify_quorum(note, self._witnesses, self._at_least)


def names_of(cosigned: tuple[Cosigned, ...]) -> str:
    return ", ".join(one.witness for one in cosigned) or "nobody that was asked about"
