"""Run by Alembic: the connection is handed in by adapters.sql.upgrade."""

from alembic import context

from comity.adapters.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
