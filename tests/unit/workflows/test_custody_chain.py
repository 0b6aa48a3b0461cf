"""A chain is verified with the keys of the directory, as they stood when each act was made."""

import pytest

from comity.base.errors import BrokenCustody, OutOfOrder
from comity.exchange.directory import Use
from comity.workflows import read_cases
from comity.workflows.custody_chain import chain_of, chain_of_case
from comity.workflows.office import directory
from comity.workflows.record import load
from tests.simulators.forge import revoke
from tests.simulators.story import (
    accept_at_xb,
    at,
    case_at,
    release_by_provider,
)
from tests.simulators.world import PROVIDER


def test_the_key_that_a_chain_is_verified_with_is_the_one_of_its_time() -> None:
    world = at("accepted at XB")
    case = case_at(world, "xb", "stored_data")
    acts = world.xb.acts(case.package)
    revoke(world, PROVIDER, Use.AUTHORITY, world.xb.clock.now().seconds - 5)
    with world.xb.office.store.transaction() as tx:
        known = directory(tx)
    with pytest.raises(BrokenCustody):
        chain_of(known, case.package, acts)


def test_the_sealers_key_is_the_one_of_the_first_act() -> None:
    world = at("accepted at XB")
    case_id = case_at(world, "xb", "stored_data").id
    with world.xb.office.store.transaction() as tx:
        found = chain_of_case(tx, load(tx, case_id))
    assert found.sealer_key == world.provider.keys.signer(Use.AUTHORITY).public


def test_a_chain_goes_on_where_the_other_clock_runs_ahead_of_ours() -> None:
    world = at("sealed")
    world.pass_seconds(600)
    release_by_provider(world, case_at(world, "provider", "stored_data"))
    world.settle()
    world.xb.clock.pass_seconds(-120)
    accepted = accept_at_xb(world, case_at(world, "xb", "stored_data"))
    acts = read_cases.custody_of(world.xb.office, accepted).acts
    assert [act.at for act in acts] == sorted(act.at for act in acts)


def test_a_case_without_evidence_has_no_chain() -> None:
    world = at("asked")
    case = case_at(world, "xb", "preservation")
    with pytest.raises(OutOfOrder), world.xb.office.store.transaction() as tx:
        chain_of_case(tx, case)
