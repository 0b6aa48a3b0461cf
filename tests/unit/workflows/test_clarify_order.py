"""The provider asks what its order means, and is answered."""

import pytest

from comity.base.errors import Malformed, OutOfOrder
from comity.workflows import clarify_order, order_provider
from tests.simulators.story import at, case_at


def test_a_question_reaches_the_authority_and_its_answer_the_provider() -> None:
    world = at("production ordered")
    at_provider = case_at(world, "provider", "stored_data")
    clarify_order.question(world.provider.office, "lee", at_provider.id, text="Which of the two accounts?")
    world.settle()
    theirs = case_at(world, "xb", "stored_data")
    assert (theirs.state, theirs.question) == ("ordered", "Which of the two accounts?")
    with pytest.raises(OutOfOrder):
        clarify_order.question(world.provider.office, "lee", at_provider.id, text="and when?")
    clarify_order.clarify(world.xb.office, "dan", theirs.id, text="The one of 192.0.2.45.")
    world.settle()
    assert case_at(world, "provider", "stored_data").question == ""
    assert case_at(world, "provider", "stored_data").trouble == ""
    assert case_at(world, "xb", "stored_data").question == ""


def test_preservation_is_confirmed_and_an_objection_made_while_a_question_is_open() -> None:
    world = at("ordered")
    at_provider = case_at(world, "provider", "preservation")
    clarify_order.question(world.provider.office, "lee", at_provider.id, text="which account?")
    assert order_provider.confirm_preserved(world.provider.office, "lee", at_provider.id).state == "preserved"


def test_nothing_is_asked_without_words_or_answered_without_a_question() -> None:
    world = at("production ordered")
    with pytest.raises(Malformed):
        clarify_order.question(world.provider.office, "lee", case_at(world, "provider", "stored_data").id, text=" ")
    with pytest.raises(OutOfOrder):
        clarify_order.clarify(world.xb.office, "dan", case_at(world, "xb", "stored_data").id, text="both")
