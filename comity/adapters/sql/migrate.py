"""Bring a database to this release's tables. A new one goes the same way as an old one: step by step.

All steps are one transaction: after a failure the database is as it was.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import URL, Connection
from sqlalchemy.exc import DatabaseError

from comity.adapters.files import disk_error
from comity.adapters.sql.database import make_engine, roll_back, unavailable
from comity.base.errors import Unavailable


def migrate(path: Path) -> str:
    """Create or upgrade the database at `path`; the revision it now has. Raises Unavailable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise disk_error(error, path) from None
    engine = make_engine(URL.create("sqlite", database=str(path)))
    try:
        with engine.connect() as connection:
            return _upgrade(connection)
    except CommandError:
        raise Unavailable(
            "the database was made by a later release", where=str(path), hint="run that release; nothing was changed"
        ) from None
    except DatabaseError as error:
        problem = unavailable(error)
        raise Unavailable(problem.what, where=str(path), hint=problem.hint) from None
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> str:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        command.upgrade(_config(connection), "head")
        revision = str(MigrationContext.configure(connection).get_current_revision())
    except BaseException:
        roll_back(connection)
        raise
    connection.exec_driver_sql("COMMIT")
    return revision


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
