"""A transaction has every store that the workflows name, and makes only those that are asked for."""

import pytest

from comity.adapters.sql.database import Database
from comity.workflows.stores import Transaction

NAMES = [name for name, value in vars(Transaction).items() if isinstance(value, property)]


def test_every_store_that_a_workflow_may_ask_for_is_there_once(database: Database) -> None:
    assert len(NAMES) > 20
    with database.transaction() as tx:
        assert [name for name in NAMES if name in vars(tx)] == []
        assert all(getattr(tx, name) is getattr(tx, name) for name in NAMES)


def test_another_name_is_no_store(database: Database) -> None:
    with database.transaction() as tx, pytest.raises(AttributeError):
        tx.nothing  # noqa: B018
