"""A case's messages are found without a walk through all others."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_index("outbox_case", "outbox", ["case_id", "peer"])
    op.create_index("inbox_case", "inbox", ["case_id", "sender"])
