"""A directory on its way to its signatures: drafted at the node, signed on machines that are never on a network.

A draft has the shape of a signed list (`exchange.directory`) with as many signatures as it has so far, none at first.
Each root's keeper adds one; with `threshold` of them it opens as a list. A signature is over the payload's bytes as
they stand, so the order of signing does not matter and no keeper's machine writes the list anew.
"""

from dataclasses import dataclass

from comity.base.encoding import b64u, from_b64u, to_json
from comity.base.errors import Conflict, NotPermitted
from comity.base.parsing import read_json
from comity.crypto import jws
from comity.crypto.signatures import Signer
from comity.exchange.directory import LIMIT, TYP, Signature, StateList, Wire, check_list, signed_by


@dataclass(frozen=True, slots=True)
class Draft:
    """A list that may not have all its signatures yet. `signed`: the roots whose signatures hold, base64url."""

    value: StateList
    data: bytes
    signed: frozenset[str]

    @property
    def missing(self) -> int:
        """How many signatures it still needs."""
        return max(0, self.value.threshold - len(self.signed))


def draft(value: StateList) -> bytes:
    """A list without signatures. Raises Malformed where its inner order does not hold."""
    check_list(value)
    return to_json(Wire(b64u(to_json(value)), ()))


def open_draft(data: bytes) -> Draft:
    """A draft with the signatures that hold; one that does not hold is left out. Raises Malformed or TooLarge."""
    wire = read_json(data, Wire, limit=LIMIT, what="the directory")
    value = read_json(from_b64u(wire.payload), StateList, limit=LIMIT, what="the directory")
    check_list(value)
    return Draft(value, data, signed_by(wire, value))


def add_signature(data: bytes, root: Signer) -> Draft:
    """The draft with this root's signature. Raises NotPermitted for a key that is no root of it, Conflict for a second
    one."""
    before = open_draft(data)
    name = b64u(root.public)
    if name not in before.value.roots:
        raise NotPermitted("this key is no root of the directory", hint="see its roots: comity directory verify FILE")
    if name in before.signed:
        raise Conflict("this root has signed it", hint="hand it to the keeper of another root")
    wire = read_json(data, Wire, limit=LIMIT, what="the directory")
    protected, _, signature = jws.sign_compact(from_b64u(wire.payload), root, TYP).decode("ascii").split(".")
    return open_draft(to_json(Wire(wire.payload, (*wire.signatures, Signature(protected, signature)))))
