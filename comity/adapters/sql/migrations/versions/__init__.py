"""One step a file, in the order of `down_revision`.

The newest step's number is `tables.REVISION`; a test holds the two and the tables together.
"""
