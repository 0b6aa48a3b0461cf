"""A PostgreSQL server of a benchmark's own, on the same disk as the files it is compared with."""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

from tests.postgresql import Postgres


def database_server(programs: Path, folder: Path, stack: ExitStack) -> Postgres:
    """One that runs as long as the stack, with the settings it comes with."""
    place = folder / "server"
    place.mkdir(parents=True)
    if os.geteuid() == 0:
        shutil.chown(place, "postgres", "postgres")
        for above in (place, *place.parents):
            if above == Path("/"):
                break
            above.chmod(above.stat().st_mode | 0o011)
    server = Postgres(place, programs)
    server.make()
    server.start()
    stack.callback(server.stop, "immediate")
    return server
