"""The checker of the long runs finds out a history that cannot be: each promise broken once."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace

import pytest

from tests.simulators.story import at
from tests.simulators.world import XA, XB
from tests.soak.history import Effect, History, SeenReceipt, Submitted, check, read_ledger


@pytest.fixture(scope="module")
def history() -> History:
    """Of a request there and a question back, with its receipts on the wire."""
    world = at("asked")
    ledgers = {str(node): read_ledger(world.nodes[node].database.engine, str(node)) for node in (XA, XB)}
    (came, *_) = ledgers[XB].came
    effect = next(one for one in ledgers[XB].effects if one.message == came.id)
    sent = next(one for one in ledgers[XA].effects if one.tag == "sent")
    return History(
        submitted=[Submitted(XA, sent.case_id, "sent", float(sent.at), float(sent.at))],
        receipts=[SeenReceipt(float(effect.at), XB, XA, came.id, came.envelope, "delivered")],
        read=[(XB, effect.case_id)],
        ledgers=ledgers,
    )


def test_a_true_history_is_found_true(history: History) -> None:
    assert check(history) == []


def _own(effects: list[Effect], history: History) -> list[Effect]:
    return [one for one in effects if one.message == history.ledgers[XB].came[0].id]


def lose_a_message(history: History) -> None:
    del history.ledgers[XB].came[0]


def lose_an_effect(history: History) -> None:
    ledger = history.ledgers[XB]
    ledger.effects.remove(_own(ledger.effects, history)[0])


def double_an_effect(history: History) -> None:
    ledger = history.ledgers[XB]
    ledger.effects.append(_own(ledger.effects, history)[0])


def change_bytes(history: History) -> None:
    history.ledgers[XB].came[0] = replace(history.ledgers[XB].came[0], envelope="00" * 32)


def skip_a_place(history: History) -> None:
    history.ledgers[XB].came[0] = replace(history.ledgers[XB].came[0], seq=2)


def lose_an_entry(history: History) -> None:
    history.ledgers[XA].entries -= 1


def lose_a_receipt(history: History) -> None:
    ledger = history.ledgers[XA]
    ledger.effects = [one for one in ledger.effects if one.tag != "receipted"]


def tell_of_what_is_not_there(history: History) -> None:
    history.receipts[0] = replace(history.receipts[0], id="another")


def tell_before_it_is_done(history: History) -> None:
    history.receipts[0] = replace(history.receipts[0], at=history.receipts[0].at - 60)


def say_two_things(history: History) -> None:
    history.receipts.append(replace(history.receipts[0], status="rejected"))


def forget_an_acknowledged_act(history: History) -> None:
    history.submitted[0] = replace(history.submitted[0], case_id="another")


def forget_what_was_read(history: History) -> None:
    history.read.append((XB, "another"))


@pytest.mark.parametrize(
    "tamper",
    [
        lose_a_message,
        lose_an_effect,
        double_an_effect,
        change_bytes,
        skip_a_place,
        lose_an_entry,
        lose_a_receipt,
        tell_of_what_is_not_there,
        tell_before_it_is_done,
        say_two_things,
        forget_an_acknowledged_act,
        forget_what_was_read,
    ],
    ids=lambda one: str(one.__name__),
)
def test_a_history_that_cannot_be_is_found_out(history: History, tamper: Callable[[History], None]) -> None:
    tampered = deepcopy(history)
    tamper(tampered)
    assert check(tampered)
