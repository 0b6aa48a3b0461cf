"""One holder across all processes of a node, on whatever machines: a row of PostgreSQL, locked while it is held.

The server lets go when the holder's connection ends, so a killed process holds nothing, and no lease has to be guessed.
A holder that is cut off from the server may go on for a while without knowing: so whatever is held is safe besides, by
the conditions under which it is written (decision 22). No advisory locks: other databases of this protocol lack them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DatabaseError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from comity.adapters.sql import postgres
from comity.adapters.sql.server import Server
from comity.adapters.sql.statements import add_new
from comity.adapters.sql.tables_work import node_lock
from comity.base.errors import Unavailable

_WAIT_LONG = (
    "SET LOCAL lock_timeout = 0",  # whoever holds it may assemble a large package
    "SET LOCAL idle_in_transaction_session_timeout = 0",
)


class RowLocks:
    """Each lock that is held, or waited for, has a connection of its own."""

    def __init__(self, server: Server) -> None:
        self._engine = postgres.make_engine(server)

    def alone(self, name: str) -> bool:  # noqa: ARG002 - as the port has it
        """Never: processes of other machines cannot be seen to be gone, so their leases end by themselves."""
        return False

    def release(self) -> None:
        """Close what is open."""
        self._engine.dispose()

    @contextmanager
    def hold(self, name: str) -> Iterator[None]:
        try:
            with self._engine.begin() as connection:
                add_new(connection, node_lock, {"name": name})
            connection = self._engine.connect()
        except DatabaseError as error:
            raise postgres.unavailable(error) from None
        except PoolTimeout:
            raise Unavailable("too much is held at once by this process", hint="it is tried again") from None
        try:
            try:
                connection.exec_driver_sql("BEGIN ISOLATION LEVEL READ COMMITTED")
                for setting in _WAIT_LONG:
                    connection.exec_driver_sql(setting)
                connection.exec_driver_sql("SELECT name FROM node_lock WHERE name = %s FOR UPDATE", (name,))
            except DatabaseError as error:
                raise postgres.unavailable(error) from None
            yield
        finally:
            postgres.close(connection)
