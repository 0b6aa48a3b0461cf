"""Bring a database to this release's tables. A new one goes the same way as an old one: step by step."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import OperationalError

from comity.adapters.files import disk_error
from comity.base.errors import Unavailable


def migrate(path: Path) -> str:
    """Create or upgrade the database at `path`; the revision it now has. Raises Unavailable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise disk_error(error, path) from None
    engine = create_engine(f"sqlite:///{path}")
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            config = _config(connection)
            command.upgrade(config, "head")
            return str(MigrationContext.configure(connection).get_current_revision())
    except OperationalError as error:
        raise Unavailable(f"the database refused: {error.orig}", where=str(path), hint="nothing was changed") from None
    finally:
        engine.dispose()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
