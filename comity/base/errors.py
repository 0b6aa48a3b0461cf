"""The errors of comity: a stable code each, whose fault it is, and what to do next.

    ComityError
      Malformed        bytes, a form or a file do not parse; lists every mistake with its place
        TooLarge       larger than the limit that is checked before parsing
      RefusedByRule    a condition of the treaty is not met
      NeedsPerson      a person must decide before this can go on
      OutOfOrder       not possible in this state; says what is possible
      NotVerified      a signature, proof, seal or custody chain does not hold
        BadSignature
        BadProof
        BrokenSeal
        BrokenCustody
      NotPermitted     this person may not do this
      NotFound, Conflict
      Unavailable      something outside did not answer or refused; says what
      ExchangeProblem  a check on an envelope failed (comity.exchange.problems lists the codes)

Rules: `what` and `hint` never hold case content, secrets or key bytes. A `code` never changes once released:
it is the same on the wire, in `--json` and in the log. `verify_*` functions return nothing or raise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class ComityError(Exception):
    """Something did not go as asked. `what`: one line naming it; `hint`: one line saying what to do; `where`: file,
    line or field, if there is one."""

    code: str = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, what: str, *, hint: str = "", where: str = "") -> None:
        self.what = what
        self.hint = hint
        self.where = where
        super().__init__(what)

    def explain(self) -> str:
        """One line for a person: the place, if known, then what is wrong."""
        return f"{self.where}: {self.what}" if self.where else self.what


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in a text: `field` is a dotted path ('' for the whole), `line` counts from 1 (0: unknown)."""

    field: str
    what: str
    line: int = 0


class Malformed(ComityError):
    """Bytes, a form or a file do not parse."""

    code = "malformed"
    exit_code = 64

    def __init__(self, what: str, *, hint: str = "", where: str = "", mistakes: Sequence[Mistake] = ()) -> None:
        super().__init__(what, hint=hint, where=where)
        self.mistakes = tuple(mistakes)


class TooLarge(Malformed):
    """More bytes than the limit; nothing was parsed."""

    code = "too-large"


class RefusedByRule(ComityError):
    """A condition of the treaty is not met. `findings` are the treaty.findings that say so."""

    code = "treaty-check"

    def __init__(self, what: str, *, findings: Sequence[object] = (), hint: str = "", where: str = "") -> None:
        super().__init__(what, hint=hint, where=where)
        self.findings = tuple(findings)


class NeedsPerson(ComityError):
    """Software stops here: a named role must decide, with reasons. `findings` say what and why."""

    code = "needs-decision"
    exit_code = 2

    def __init__(self, what: str, *, findings: Sequence[object] = (), hint: str = "", where: str = "") -> None:
        super().__init__(what, hint=hint, where=where)
        self.findings = tuple(findings)


class OutOfOrder(ComityError):
    """The step is not possible in the present state."""

    code = "out-of-order"


class NotVerified(ComityError):
    """A verification failed. Never caught to carry on."""

    code = "not-verified"


class BadSignature(NotVerified):
    code = "bad-signature"


class BadProof(NotVerified):
    code = "bad-proof"


class BrokenSeal(NotVerified):
    code = "broken-seal"


class BrokenCustody(NotVerified):
    code = "broken-custody"


class NotPermitted(ComityError):
    """This person, or this node, may not do this."""

    code = "not-permitted"
    exit_code = 77


class NotFound(ComityError):
    code = "not-found"
    exit_code = 66


class Conflict(ComityError):
    """The same name already stands for something else."""

    code = "conflict"
    exit_code = 73


class Unavailable(ComityError):
    """Something outside (disk, port, peer) did not do its part; nothing was half-done."""

    code = "unavailable"
    exit_code = 69
