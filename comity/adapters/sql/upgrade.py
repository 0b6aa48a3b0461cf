"""The steps of a migration, run by Alembic in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection, inspect

from comity.adapters.sql.database import roll_back
from comity.adapters.sql.portable import is_postgresql
from comity.base.errors import Unavailable


def upgrade(connection: Connection, name: str) -> str:
    """The revision it then has. name: the database, for whoever reads the error. Raises Unavailable."""
    connection.exec_driver_sql("BEGIN" if is_postgresql(connection) else "BEGIN IMMEDIATE")
    try:
        if is_postgresql(connection) and inspect(connection).has_table("writer"):
            connection.exec_driver_sql("SELECT one FROM writer FOR UPDATE")  # nobody writes meanwhile
        command.upgrade(_config(connection), "head")
        revision = str(MigrationContext.configure(connection).get_current_revision())
    except CommandError:
        roll_back(connection)
        raise Unavailable(
            "the database was made by a later release", where=name, hint="run that release; nothing was changed"
        ) from None
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
