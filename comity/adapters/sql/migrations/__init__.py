"""Steps from one release's tables to the next, by Alembic; one file a step in `versions`, unchanged once released."""
