"""Bring a database to this release's tables. A new one goes the same way as an old one: step by step.

All steps are one transaction: after a failure the database is as it was.
"""

from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.exc import DatabaseError

from comity.adapters.files import disk_error
from comity.adapters.sql.database import kind_of, make_engine
from comity.adapters.sql.server import Server
from comity.adapters.sql.tables import metadata
from comity.base.errors import Conflict, Unavailable


def migrate(where: Path | Server) -> str:
    """Create or upgrade the database in the file or at the server; the revision it now has. Raises Unavailable."""
    from comity.adapters.sql.upgrade import upgrade  # Alembic, which no other command needs, takes a while to load

    name = str(where) if isinstance(where, Path) else where.url
    if isinstance(where, Path):
        try:
            where.parent.mkdir(parents=True, exist_ok=True)
            where.touch(mode=0o600)
        except OSError as error:
            raise disk_error(error, where) from None
    engine = make_engine(where)
    try:
        with engine.connect() as connection:
            return upgrade(connection, name)
    except DatabaseError as error:
        problem = kind_of(engine).unavailable(error)
        raise Unavailable(problem.what, where=name, hint=problem.hint) from None
    finally:
        engine.dispose()


def make_new(where: Path | Server) -> None:
    """Create the tables of a new node. Raises Conflict where the database has a table already, whosever it is."""
    if isinstance(where, Path) and where.exists():
        raise Conflict("there is a database already", where=str(where), hint="nothing is written over")
    if isinstance(where, Server):
        engine = make_engine(where)
        try:
            with engine.connect() as connection:
                found = inspect(connection).get_table_names()
        except DatabaseError as error:
            raise kind_of(engine).unavailable(error) from None
        finally:
            engine.dispose()
        if found:
            raise Conflict(
                "the database is not empty", where=where.url, hint="make one for this node: createdb --encoding=UTF8"
            )
    migrate(where)


def unmake(where: Server) -> None:
    """Drop the tables that `make_new` made. Raises Unavailable."""
    engine = make_engine(where)
    try:
        with engine.begin() as connection:
            metadata.drop_all(connection)
            connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")
    except DatabaseError as error:
        raise kind_of(engine).unavailable(error) from None
    finally:
        engine.dispose()
