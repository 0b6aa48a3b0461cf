"""The named points at which a process may end between a person's approval and the last receipt, at either end.

A point is where a function is entered or left. `Watcher` calls what it is given when one is passed.
"""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final

SENDER: Final = "XA/central-authority"
RECEIVER: Final = "XB/central-authority"
RECEIVING: Final = "/workflows/receive_envelope.py"
ANSWERING: Final = "/workflows/answer_envelopes.py"
AT_ONCE: Final = (True,)
STEPS: Final = (False,)


@dataclass(frozen=True, slots=True)
class Point:
    """`file`: how the module's path ends; `event`: call or return, of `function`, in the process of `node`."""

    name: str
    node: str
    file: str
    function: str
    event: str
    is_of_node: bool = True
    """Passed by the node's own process, not by that of a person at a terminal."""
    opens: tuple[bool, ...] = (True, False)
    """Whether it is passed where the receiver opens what comes before it answers, and where its worker does."""


POINTS: Final = (
    Point("approved, not committed", SENDER, "/workflows/dispatch.py", "post", "return", is_of_node=False),
    Point("approved and committed", SENDER, "/workflows/draft_request.py", "approve", "return", is_of_node=False),
    Point("claimed, not committed", SENDER, "/sql/mail.py", "_outgoing", "return"),
    Point("a batch made", SENDER, "/exchange/envelope.py", "format_batch", "return"),
    Point("a batch answered", SENDER, "/workflows/call_peer.py", "call", "return"),
    Point("receipts checked", SENDER, "/exchange/receipt.py", "verify", "return"),
    Point("a receipt entered, not committed", SENDER, "/workflows/deliver_outbox.py", "_enter_row", "return"),
    Point("receipts entered, not committed", SENDER, "/workflows/deliver_outbox.py", "_enter", "return"),
    Point("receipts of the answer committed", SENDER, "/workflows/deliver_outbox.py", "_send", "return"),
    Point(
        "receipts brought committed", SENDER, "/workflows/deliver_outbox.py", "enter_receipts", "return", opens=STEPS
    ),
    Point("1 a batch came", RECEIVER, "/exchange/envelope.py", "parse_batch", "call"),
    Point("2 its signature to check", RECEIVER, "/node/requests.py", "caller", "call"),
    Point("3 its sender known", RECEIVER, "/node/requests.py", "caller", "return"),
    Point("4 a header to check", RECEIVER, "/exchange/checks.py", "check_header", "call"),
    Point("5 a header checked", RECEIVER, "/exchange/checks.py", "check_header", "return"),
    Point("6 not here yet", RECEIVER, "/exchange/checks.py", "check_known", "return"),
    Point("7 stored, not committed", RECEIVER, RECEIVING, "_store", "return", opens=STEPS),
    Point("7 stored and committed, not answered", RECEIVER, RECEIVING, "accept", "return", opens=STEPS),
    Point("8 to open", RECEIVER, "/exchange/envelope.py", "open_sealed", "call"),
    Point("9 its key found", RECEIVER, "/exchange/checks.py", "check_signer", "return"),
    Point("10 its signature checked", RECEIVER, "/exchange/document.py", "verify", "return"),
    Point("11 inside as outside", RECEIVER, "/exchange/checks.py", "check_inside", "return"),
    Point("12 in its place", RECEIVER, "/exchange/checks.py", "check_order", "return"),
    Point("13 of a kind", RECEIVER, "/exchange/checks.py", "check_kind", "return"),
    Point("14 checked against the treaty", RECEIVER, "/workflows/assess_request.py", "assess_request", "return"),
    Point("15 entered, not committed", RECEIVER, RECEIVING, "_settle", "return", opens=STEPS),
    Point("15 entered and committed", RECEIVER, RECEIVING, "_open", "return", opens=STEPS),
    Point("7 and 15 entered, not committed", RECEIVER, ANSWERING, "_take", "return", opens=AT_ONCE),
    Point("7 and 15 entered and committed, not answered", RECEIVER, ANSWERING, "answer", "return", opens=AT_ONCE),
    Point("16 a second receipt signed", RECEIVER, RECEIVING, "sign_receipts", "return"),
    Point("16 second receipts brought", RECEIVER, "/workflows/call_peer.py", "call", "return", opens=STEPS),
)


class Watcher:
    """Calls `then` at each passing of the point, in this thread and those begun while it watches."""

    def __init__(self, point: Point, then: Callable[[], None]) -> None:
        self._point, self._then = point, then

    def __call__(self, frame: FrameType, event: str, _: Any) -> Any:
        code, point = frame.f_code, self._point
        if code.co_name != point.function or not code.co_filename.endswith(point.file):
            return None
        if point.event == "call":
            self._then()
            return None
        frame.f_trace_lines = False
        return self._left if event == "call" else None

    def _left(self, _: FrameType, event: str, __: Any) -> Any:
        if event == "return":
            self._then()
        return self._left

    def __enter__(self) -> "Watcher":
        self._before = sys.gettrace()
        threading.settrace(self)
        self.look()
        return self

    def look(self) -> None:
        """Watch this thread. To be said again after `then` raised: Python stops watching on that."""
        sys.settrace(self)

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)
        threading.settrace(self._before)
