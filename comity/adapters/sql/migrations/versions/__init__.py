"""One step a file, in the order of `down_revision`."""
