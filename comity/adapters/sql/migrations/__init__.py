"""Steps from one release's tables to the next, by Alembic: one file a step in `versions`.

A step is never changed once it is released; a new one names the last as its `down_revision`.
"""
