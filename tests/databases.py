"""Databases of either kind for whole worlds: what is in one is put into another, as a backup would."""

from collections.abc import Mapping
from pathlib import Path

from comity.adapters.sql import dump
from comity.adapters.sql.database import Database, make_engine, open_database
from comity.adapters.sql.migrate import make_new
from comity.adapters.sql.server import Server
from tests.simulators.world import SmallWorld


def copy_into(database: Database, where: Path | Server) -> Database:
    """All rows of a database in a new one: a file that is not there yet, or an empty database on a server."""
    make_new(where)
    engine = make_engine(where)
    with database.reading() as source, engine.connect() as target:
        target.exec_driver_sql("BEGIN")
        for name in dump.names():
            dump.load(target, name, dump.dump(source, name))
        dump.finish(target)
        target.exec_driver_sql("COMMIT")
    engine.dispose()
    return open_database(where)


def move(world: SmallWorld, wheres: Mapping[str, Path | Server]) -> None:
    """Each node named goes on with its content in another database."""
    for node in list(world.nodes):
        if node in wheres:
            world.restore(node, copy_into(world.nodes[node].database, wheres[node]))
