"""People with passkeys, their sessions and drafts; the JSON interface; what the log keeps beside its entries."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _people()
    _interface()
    _log()


def _people() -> None:
    """People, invitations, passkeys, sessions, approvals, drafts."""


def _interface() -> None:
    """Tokens and webhooks of the JSON interface."""


def _log() -> None:
    """What the log keeps beside its entries."""
