"""Two nodes in one process, XB's database a real file: requests come in one by one, and every answer is told on stdout.

    python -m tests.soak.exchanging FOLDER COUNT [--normal] [--told]

Made to be watched or disturbed from outside (strace, limits): `power_cut` and `bad_disk` do. It prints `stored ID` and
`delivered ID` when XB's signed receipt said so, in one write each, and `refused CODE` where XB answered with a problem
or could not go on. `--normal`: with less than the product allows (`synchronous=NORMAL`), to show that the difference is
seen. `--told`: each request waits for a line on stdin.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from comity.adapters.sql.database import check_promises
from comity.base.errors import ComityError, Unavailable
from comity.exchange.directory import Use
from comity.exchange.envelope import format_batch
from comity.exchange.receipt import verify
from comity.workflows import receive_envelope
from tests.databases import move
from tests.simulators.forge import Forged, code_of, request_to
from tests.simulators.world import XB, SmallWorld, new_world


def tell(*words: str) -> None:
    os.write(1, (" ".join(words) + "\n").encode())


def make_normal(world: SmallWorld) -> None:
    """Every connection from now on flushes less. The product refuses such a database, which is looked at first."""
    database = world.xb.database
    engine: Any = database.engine

    @event.listens_for(engine, "connect")
    def less(connection: Any, _: object) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")

    engine.dispose()
    try:
        check_promises(database)
    except Unavailable:
        return
    raise AssertionError("a database that may lose what it acknowledged was taken")


def exchange(world: SmallWorld) -> None:
    """One request of XA, stored and then opened at XB."""
    envelope = Forged().make(world)
    body = format_batch("batch", [envelope])
    answer = request_to(world, world.xa, XB, "/v1/envelopes", body)
    if answer.status != 200:
        tell("refused", code_of(answer))
        return
    (row,) = verify(answer.body, world.xb.keys.signer(Use.RECEIPT).public).rows
    tell("stored", row.id)
    try:
        receive_envelope.open_waiting(world.xb.office)
    except ComityError as error:
        tell("refused", error.code)
        return
    with world.xb.office.store.transaction() as tx:
        second = tx.receipts.of_message("XA/central-authority", row.id)
    tell("delivered", row.id) if second is not None else tell("refused", "late")


def main() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    world = new_world()
    move(world, {XB: folder / "comity.db"})
    if "--normal" in sys.argv[3:]:
        make_normal(world)
    tell("ready")
    for _ in range(count):
        if "--told" in sys.argv[3:] and not sys.stdin.readline():
            break
        exchange(world)
    if "--told" not in sys.argv[3:]:
        tell("end")
    os._exit(0)  # as a crash would: nothing is tidied up


if __name__ == "__main__":
    main()
