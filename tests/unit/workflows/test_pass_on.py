"""Evidence for a third State: no token, no package (article 36(3))."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import update

from comity.adapters.sql.tables import inbox
from comity.base.errors import BadSignature, ComityError, Malformed, NotPermitted, OutOfOrder
from comity.evidence import custody
from comity.evidence.opening import open_sealed
from comity.exchange.directory import Use
from comity.treaty.use_terms import UseLimits
from comity.workflows import freeze_case, pass_complaints, pass_on
from comity.workflows.custody_chain import chain_of_case
from comity.workflows.use_limits import check_hand_over
from tests.simulators.packages import MemoryPackage
from tests.simulators.story import FILES, at, case_at
from tests.simulators.world import WITNESS, XB, SmallWorld

WHY = "the same scam is tried there"


def _ours(world: SmallWorld):  # type: ignore[no-untyped-def]
    return case_at(world, "xa", "stored_data")


def _ask(world: SmallWorld) -> None:
    pass_on.ask(world.xa.office, "bo", _ours(world).id, to=WITNESS, reasons=WHY)
    world.settle()


def _answer(world: SmallWorld, *, authorise: bool = True, days: int | None = 30) -> None:
    until = world.xb.clock.now().plus_days(days).day if days is not None else None
    case = case_at(world, "xb", "stored_data")
    pass_on.answer(world.xb.office, "rita", case.id, authorise=authorise, reasons="for that trial", until=until)
    world.settle()


def _make(world: SmallWorld, out: MemoryPackage, to: str = WITNESS) -> pass_on.PassedOn:
    return pass_on.pass_on(world.xa.office, "bo", _ours(world).id, out, to=to, reasons=WHY)


def _refused(world: SmallWorld, error: type[Exception] = NotPermitted) -> None:
    out, before = MemoryPackage(), world.xa.dump()
    with pytest.raises(error):
        _make(world, out)
    assert not out.files
    assert world.xa.dump() == before


def test_without_the_sender_s_authorisation_no_package_is_made() -> None:
    world = at("accepted at XA")
    _refused(world)
    _ask(world)
    _refused(world)
    _answer(world, authorise=False, days=None)
    _refused(world)


def test_with_it_the_third_state_alone_can_open_the_package_and_the_licence_says_the_limits() -> None:
    world = at("accepted at XA")
    _ask(world)
    _answer(world)
    out = MemoryPackage()
    made = _make(world, out)
    assert made.case.passed_on == (WITNESS,)
    licence = msgspec.json.decode(made.licence, type=pass_on.Licence)
    assert (licence.to, licence.package) == (WITNESS, str(made.apart.sealed.package_digest))
    assert licence.limits is not None
    assert not licence.limits.onward
    with world.xa.office.store.transaction() as tx:
        acts = tx.custody.acts(made.case.package)
        assert custody.last_act(acts).made == licence.package
        signer, sealer = (chain_of_case(tx, made.case).sealer_key, world.xa.keys.signer(Use.AUTHORITY).public)
    opened = MemoryPackage()
    keys: dict[str, Any] = {"signer_key": sealer, "sealer_key": signer}
    open_sealed(out, world.witness.keys.identity(), opened, **keys)
    for name, data in FILES.items():
        assert opened.files[f"data/{name}"] == data
    with pytest.raises(ComityError):
        open_sealed(out, world.xb.keys.identity(), MemoryPackage(), **keys)


def test_an_authorisation_that_ended_or_names_another_receiver_makes_none() -> None:
    world = at("accepted at XA")
    _ask(world)
    _answer(world, days=1)
    with pytest.raises(NotPermitted):
        _make(world, MemoryPackage(), to="XD/central-authority")
    world.pass_days(2)
    _refused(world)


def test_a_token_whose_document_is_not_what_was_signed_makes_none() -> None:
    world = at("accepted at XA")
    _ask(world)
    _answer(world)
    token = _ours(world).onward[-1].token
    came = world.xa.incoming(XB, token)
    assert came is not None
    forged = came.document[:-4] + (b"AAAA" if came.document[-4:] != b"AAAA" else b"BBBB")
    with world.xa.database.engine.begin() as connection:
        connection.execute(update(inbox).where(inbox.c.id == token).values(document=forged))
    out = MemoryPackage()
    with pytest.raises((BadSignature, NotPermitted)):
        _make(world, out)
    assert not out.files


def test_while_the_case_is_frozen_none_is_made_whatever_was_authorised() -> None:
    world = at("accepted at XA")
    _ask(world)
    _answer(world)
    office = world.change(world.xa.id, people={**world.xa.office.people, "otto": frozenset({"oversight"})})
    freeze_case.freeze(office, "otto", _ours(world).id, reasons="a complaint")
    _refused(world, OutOfOrder)


def test_the_sender_s_own_state_and_ours_are_no_third_state_and_nobody_authorises_unasked() -> None:
    world = at("accepted at XA")
    for to in (XB, world.xa.id):
        with pytest.raises(Malformed):
            pass_on.ask(world.xa.office, "bo", _ours(world).id, to=to, reasons=WHY)
    with pytest.raises(OutOfOrder):
        _answer(world)


def test_a_complaint_reaches_the_third_state_too_by_a_person_s_hand() -> None:
    world = at("accepted at XA")
    _ask(world)
    _answer(world)
    _make(world, MemoryPackage())
    case = pass_complaints.take(
        world.xa.office, "bo", _ours(world).id, kind="erasure", text="a neighbour's data", reference="o 7"
    )
    complaint = case.complaints[0]
    assert pass_complaints.untold(case, complaint) == (WITNESS,)
    case = pass_complaints.told(
        world.xa.office, "bo", case.id, complaint=complaint.id, to=WITNESS, how="by letter of the day"
    )
    assert pass_complaints.untold(case, case.complaints[0]) == ()
    assert WITNESS in case.complaints[0].unanswered
    case = pass_complaints.answer(
        world.xa.office, "bo", case.id, complaint=complaint.id, outcome="done", reasons="they wrote so", node=WITNESS
    )
    assert WITNESS not in case.complaints[0].unanswered
    assert not case.complaints[0].is_answered


def test_a_hand_over_goes_to_a_side_of_the_case_within_its_time_and_on_accepted_conditions() -> None:
    world = at("accepted at XB")
    case, now = case_at(world, "xb", "stored_data"), world.xb.clock.now()
    check_hand_over(case, case.peer, now)
    with pytest.raises(NotPermitted, match="not a side"):
        check_hand_over(case, WITNESS, now)
    with pytest.raises(OutOfOrder, match="conditions"):
        check_hand_over(replace(case, conditions=("no other use",)), case.peer, now)
    over = UseLimits(case="c", subject="s", purpose="p", offence="7", until=now.plus_days(-1).day)
    with pytest.raises(OutOfOrder, match="which is over"):
        check_hand_over(replace(case, limits=over), case.peer, now)
