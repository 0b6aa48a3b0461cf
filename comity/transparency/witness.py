"""A witness's decision: may this checkpoint be cosigned? (C2SP tlog-witness, add-checkpoint)

A request is `old <size>`, a hash a line of the consistency proof from that size, an empty line, the signed checkpoint.
The answer to each fault is fixed, and they are looked for in this order:

    404  the log is not known here
    403  the log's key did not sign, or its signature is bad
    400  the text is no checkpoint, or the old size is above the new
    409  the old size is not what was cosigned last; the answer's body is that size
    422  the proof does not hold, is there from size 0, or one size has another root

Rules: what was cosigned last is passed in. The caller compares it, stores the new checkpoint and only then cosigns, in
one transaction; two requests at once must not both pass. A log once known is never forgotten: to begin again at 0
would be to sign a fork.
"""

from dataclasses import dataclass
from typing import ClassVar, Final, NoReturn

from comity.base.digests import Digest, same
from comity.base.encoding import b64
from comity.base.errors import BadProof, ComityError, Malformed, NotVerified
from comity.base.parsing import check_size
from comity.crypto.merkle import EMPTY_ROOT, verify_consistency
from comity.transparency.checkpoint import Checkpoint, open_signed
from comity.transparency.lines import SIZE_LIMIT, read_decimal, read_hash
from comity.transparency.note import NOTE_LIMIT, SignedNote, VerifierKey, format_note, parse_note

PATH_LIMIT: Final = 63
REQUEST_LIMIT: Final = NOTE_LIMIT + 4096
SIZE_TYPE: Final = "text/x.tlog.size"
"""The content type of a 409 answer that tells the size."""


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """What a log asks of a witness: cosign `note`, which continues the tree of `old` entries by this `path`."""

    old: int
    path: tuple[Digest, ...]
    note: SignedNote

    def __post_init__(self) -> None:
        if not 0 <= self.old <= SIZE_LIMIT or len(self.path) > PATH_LIMIT:
            raise Malformed("not a request to a witness", hint="an old size below 2^63 and at most 63 hashes")

    @property
    def origin(self) -> str:
        """The log it says it is about: what to look its key and last checkpoint up by. Not yet checked."""
        return self.note.text.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Known:
    """The last checkpoint of a log that this witness cosigned."""

    size: int
    root: Digest


class WitnessRefusal(ComityError):
    """The checkpoint is not cosigned. `status`: the HTTP status; `size`: what was cosigned last, told with 409."""

    code = "witness-refusal"
    exit_code: ClassVar[int] = 1

    def __init__(self, status: int, what: str, *, hint: str, size: int | None = None) -> None:
        super().__init__(what, hint=hint)
        self.status = status
        self.size = size

    @property
    def body(self) -> bytes:
        """What to answer: the size and a line feed with 409 (type SIZE_TYPE); else one line of text."""
        return f"{self.what if self.size is None else self.size}\n".encode()


def parse_add_checkpoint(data: bytes) -> AddCheckpoint:
    """A request from its body. Raises TooLarge or Malformed: answer either with 400."""
    check_size(data, REQUEST_LIMIT, "the request")
    head, empty, note = data.partition(b"\n\n")
    try:
        first, *hashes = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        first, hashes = "", []
    if not empty or not first.startswith("old ") or len(hashes) > PATH_LIMIT:
        raise Malformed("not a request to a witness", hint="'old <size>', at most 63 hashes, an empty line, a note")
    path = tuple(read_hash(line, "a line of the consistency proof") for line in hashes)
    return AddCheckpoint(read_decimal(first.removeprefix("old "), "the old size"), path, parse_note(note))


def format_add_checkpoint(request: AddCheckpoint) -> bytes:
    """The body of a request; `parse_add_checkpoint` gives it back."""
    lines = [f"old {request.old}", *(b64(beside.value) for beside in request.path), "", ""]
    return "\n".join(lines).encode() + format_note(request.note)


def decide(request: AddCheckpoint, known: Known | None, *log_keys: VerifierKey) -> Checkpoint:
    """The checkpoint that may be stored and cosigned now.

    known: what was cosigned last for `request.origin`, None if nothing yet. log_keys: the keys trusted for that origin,
    none if the log is not known here. Raises WitnessRefusal, with its status.
    """
    keys = [key for key in log_keys if key.name == request.origin]
    if not keys:
        raise WitnessRefusal(404, "this log is not known here", hint="ask the witness's operator to add it")
    try:
        new = open_signed(request.note, request.origin, *keys)
    except NotVerified:
        raise WitnessRefusal(403, "the log's key did not sign this", hint="sign with the key known here") from None
    except Malformed as fault:
        raise WitnessRefusal(400, fault.what, hint=fault.hint) from None
    if request.old > new.size:
        raise WitnessRefusal(400, "the old size is above the new", hint="send the size the witness knows")
    last = known or Known(0, EMPTY_ROOT)
    if request.old != last.size:
        raise WitnessRefusal(409, "another size was cosigned last", hint="prove from that size", size=last.size)
    _check_growth(last, new, request.path)
    return new


def _check_growth(last: Known, new: Checkpoint, path: tuple[Digest, ...]) -> None:
    if new.size == 0 and not same(new.root.value, EMPTY_ROOT.value):
        _refuse_growth("an empty tree has the root of nothing")
    if last.size == 0:
        if path:
            _refuse_growth("from size 0 there is nothing to prove")
        return
    try:
        verify_consistency(last.size, last.root, new.size, new.root, path)
    except BadProof as fault:
        _refuse_growth(fault.what)


def _refuse_growth(what: str) -> NoReturn:
    raise WitnessRefusal(422, what, hint="the log must only grow; keep the request, it may prove that it did not")


def monitoring_path(origin: str) -> str:
    """Where a witness shows the last checkpoint it cosigned, below its monitoring prefix."""
    return f"{Digest.of(origin.encode())}/checkpoint"
