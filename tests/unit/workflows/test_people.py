"""Who may sign in: invited, joined, suspended, with roles that count at once; and a record of each change."""

import pytest
from sqlalchemy import update

from comity.adapters.sql.tables_people import people_event
from comity.base.encoding import b64u
from comity.base.errors import Conflict, Malformed, NotFound, NotPermitted, NotVerified, Unavailable
from comity.base.mode import Mode
from comity.simulate.memory_database import copy_database
from comity.workflows import draft_request, people, people_passkeys, people_record, people_sessions
from comity.workflows.access import PersonRole, permit
from comity.workflows.office import Office
from comity.workflows.roles import roles_of
from tests.simulators.authenticator import VISITOR, Authenticator, first_operator, joined
from tests.simulators.failing import FailingStore
from tests.simulators.story import at
from tests.simulators.world import XA, XB, SmallWorld, new_world, preservation


@pytest.fixture
def world() -> SmallWorld:
    return at("new")


def roles(office: Office, person: str) -> set[str]:
    return set(roles_of(office, person) or ())


def what_changed(world: SmallWorld) -> list[str]:
    return [f"{one.by} {one.what} {one.person}" for one in people_record.changes(world.xa.office)]


def test_the_first_operator_comes_by_the_terminals_link_and_then_that_way_is_shut(world: SmallWorld) -> None:
    office = world.xa.office
    assert not people.has_operator(office)
    people.invite_first(office, "another", "")
    first_operator(office)
    assert people.has_operator(office)
    with pytest.raises(Conflict):
        people.invite_first(office, "mallory", "")
    assert what_changed(world) == ["terminal invited another", "terminal invited olive", "olive joined olive"]


def test_a_second_first_invitation_is_still_good_only_until_its_time(world: SmallWorld) -> None:
    early = people.invite_first(world.xa.office, "another", "")
    world.pass_seconds(people.LINK_SECONDS + 1)
    with pytest.raises(NotFound):
        people_passkeys.ask_to_join(world.xa.office, early.link, VISITOR)


def test_a_link_is_good_once_and_for_who_was_asked(world: SmallWorld) -> None:
    office, authenticator = world.xa.office, Authenticator("olive")
    link = people.invite_first(office, "olive", "").link
    asked = people_passkeys.ask_to_join(office, link, VISITOR)
    answer = authenticator.create(asked.options)
    with pytest.raises(NotVerified):
        people_passkeys.join(office, link, "another visitor", answer)
    again = authenticator.create(people_passkeys.ask_to_join(office, link, VISITOR).options)
    people_passkeys.join(office, link, VISITOR, again)
    with pytest.raises(NotFound):
        people_passkeys.ask_to_join(office, link, VISITOR)


def test_only_the_digest_of_a_link_is_kept(world: SmallWorld) -> None:
    link = people.invite_first(world.xa.office, "olive", "").link
    assert len(link) >= 43  # 256 bits
    assert link.encode() not in repr(world.xa.dump()).encode()


@pytest.mark.parametrize("faults", [{"verified": False}, {"origin": "https://evil.example"}, {"challenge": bytes(32)}])
def test_a_passkey_that_is_not_right_does_not_join(world: SmallWorld, faults: dict[str, object]) -> None:
    office = world.xa.office
    link = people.invite_first(office, "olive", "").link
    options = people_passkeys.ask_to_join(office, link, VISITOR).options
    with pytest.raises(NotVerified):
        people_passkeys.join(office, link, VISITOR, Authenticator("olive").with_faults(**faults).create(options))
    assert people.find(office, "olive") is None


def test_joining_is_all_or_nothing(world: SmallWorld) -> None:
    link = people.invite_first(world.xa.office, "olive", "").link
    options = people_passkeys.ask_to_join(world.xa.office, link, VISITOR).options
    answer, before = Authenticator("olive").create(options), world.xa.database
    for call in range(1, 30):
        world.restore(XA, copy_database(before))
        world.change(XA, store=FailingStore(world.xa.database, call))
        untouched = _people_of(world)
        try:
            people_passkeys.join(world.xa.office, link, VISITOR, answer)
        except Unavailable:
            assert _people_of(world) == untouched
        else:
            break
    assert 5 < call < 29


def _people_of(world: SmallWorld) -> list[object]:
    """Everything that joining writes; a challenge that was taken may be gone."""
    dump = world.xa.dump()
    return [dump[name] for name in ("person", "passkey", "invitation", "people_event", "log_entry")]


def test_roles_count_at_once_and_an_office_never_loses_its_last_operator(world: SmallWorld) -> None:
    office = world.xa.office
    first_operator(office)
    joined(office, "rosa", "reviewer")
    assert permit(office, "rosa", "grant") == "reviewer"
    people.set_roles(office, "olive", "rosa", ["case_lawyer"])
    with pytest.raises(NotPermitted):
        permit(office, "rosa", "grant")
    with pytest.raises(Conflict):
        people.suspend(office, "olive", "olive")
    with pytest.raises(Conflict):
        people.set_roles(office, "olive", "olive", ["reviewer"])
    assert roles(office, "olive") == {"operator"}


def test_who_is_suspended_does_nothing_and_is_signed_in_nowhere(world: SmallWorld) -> None:
    office = world.xa.office
    first_operator(office)
    joined(office, "dora", "duty_officer")
    name, _ = people_sessions.begin(office, "dora", "passkey")
    people.suspend(office, "olive", "dora")
    assert people_sessions.find(office, name) is None
    with pytest.raises(NotPermitted):
        draft_request.draft(office, "dora", preservation(), XB)
    people.resume(office, "olive", "dora")
    assert draft_request.draft(office, "dora", preservation(), XB).drafted_by == "dora"


def test_who_joined_comes_before_the_same_name_in_the_configuration(world: SmallWorld) -> None:
    office = world.xa.office
    first_operator(office)
    assert roles(office, "anna") == {"duty_officer", "investigator"}
    joined(office, "anna", "reviewer")
    assert roles(office, "anna") == {"reviewer"}
    people.suspend(office, "olive", "anna")
    assert roles(office, "anna") == set()


def test_who_lost_their_passkeys_joins_anew_and_the_old_ones_end(world: SmallWorld) -> None:
    office = world.xa.office
    first_operator(office)
    old = joined(office, "rosa", "reviewer")
    name, _ = people_sessions.begin(office, "rosa", "passkey")
    new = joined(office, "rosa", "reviewer", device="/new phone")
    assert people_sessions.find(office, name) is None
    assert len(people_passkeys.list_own(office, "rosa")) == 1
    with pytest.raises(NotVerified):
        people_passkeys.sign_in(office, VISITOR, old.get(people_passkeys.ask_to_sign_in(office, VISITOR), credential=0))
    answer = new.get(people_passkeys.ask_to_sign_in(office, VISITOR))
    assert people_passkeys.sign_in(office, VISITOR, answer).id == "rosa"


def test_a_second_passkey_signs_in_and_the_last_is_never_removed(world: SmallWorld) -> None:
    office = world.xa.office
    authenticator = first_operator(office)
    people_passkeys.add(office, "olive", authenticator.create(people_passkeys.ask_to_add(office, "olive")))
    answer = authenticator.get(people_passkeys.ask_to_sign_in(office, VISITOR))
    assert people_passkeys.sign_in(office, VISITOR, answer).id == "olive"
    first, second = people_passkeys.list_own(office, "olive")
    people_passkeys.remove(office, "olive", b64u(first.id))
    with pytest.raises(Conflict):
        people_passkeys.remove(office, "olive", b64u(second.id))


def test_an_answer_signs_in_once_and_only_its_own_visitor(world: SmallWorld) -> None:
    office = world.xa.office
    authenticator = first_operator(office)
    answer = authenticator.get(people_passkeys.ask_to_sign_in(office, VISITOR))
    with pytest.raises(NotVerified):
        people_passkeys.sign_in(office, "another visitor", answer)
    with pytest.raises(NotVerified):
        people_passkeys.sign_in(office, VISITOR, answer)


def test_nobody_but_an_operator_keeps_the_people(world: SmallWorld) -> None:
    office = world.xa.office
    first_operator(office)
    joined(office, "rosa", *(role for role in PersonRole if role is not PersonRole.OPERATOR))
    for act in (
        lambda: people.invite(office, "rosa", "new", "", ["reviewer"]),
        lambda: people.suspend(office, "rosa", "olive"),
        lambda: people.resume(office, "rosa", "olive"),
        lambda: people.set_roles(office, "rosa", "rosa", ["operator"]),
        lambda: people.everybody(office, "rosa"),
        lambda: people_sessions.end_all(office, "rosa", "olive"),
    ):
        with pytest.raises(NotPermitted):
            act()


@pytest.mark.parametrize(("person", "name", "roles"), [("Not An Id", "", ["reviewer"]), ("x", "n" * 81, ["reviewer"])])
def test_an_invitation_that_cannot_be_is_refused(world: SmallWorld, person: str, name: str, roles: list[str]) -> None:
    first_operator(world.xa.office)
    with pytest.raises(Malformed):
        people.invite(world.xa.office, "olive", person, name, roles)
    for wrong in ([], ["king"]):
        with pytest.raises(Malformed):
            people.invite(world.xa.office, "olive", "new", "", wrong)


def test_a_change_of_people_is_in_the_log_and_a_changed_record_shows(world: SmallWorld) -> None:
    before = len(world.xa.dump()["log_entry"])
    first_operator(world.xa.office)
    rows = world.xa.dump()["log_entry"][before:]
    assert len(rows) == len(people_record.changes(world.xa.office)) == 2
    with world.xa.database.engine.begin() as connection:
        other = update(people_event).where(people_event.c.number == 1)
        connection.execute(other.values(event=b'{"at":1,"by":"x","person":"y","what":"joined"}'))
    with pytest.raises(NotVerified):
        people_record.changes(world.xa.office)


def test_a_live_node_has_the_people_who_joined(world: SmallWorld) -> None:
    live = new_world(Mode.LIVE)
    first_operator(live.xa.office)
    joined(live.xa.office, "lena", "duty_officer")
    assert draft_request.draft(live.xa.office, "lena", preservation(), XB).drafted_by == "lena"
    assert roles_of(world.xa.office, "lena") is None


def test_a_session_ends_when_idle_and_after_its_longest_time(world: SmallWorld) -> None:
    office = world.xa.office
    first_operator(office)
    name, _ = people_sessions.begin(office, "olive", "passkey")
    for _ in range(12):
        world.pass_seconds(people_sessions.IDLE_SECONDS - 1)
        assert people_sessions.find(office, name) is not None
    world.pass_seconds(people_sessions.IDLE_SECONDS - 1)
    assert people_sessions.find(office, name) is None
    name, _ = people_sessions.begin(office, "olive", "passkey")
    world.pass_seconds(people_sessions.IDLE_SECONDS + 1)
    assert people_sessions.find(office, name) is None


def test_a_script_does_not_keep_a_session_alive(world: SmallWorld) -> None:
    office = world.xa.office
    first_operator(office)
    name, _ = people_sessions.begin(office, "olive", "passkey")
    world.pass_seconds(people_sessions.IDLE_SECONDS - 1)
    assert people_sessions.find(office, name, touch=False) is not None
    world.pass_seconds(2)
    assert people_sessions.find(office, name) is None


def test_nobody_ends_anothers_session(world: SmallWorld) -> None:
    office = world.xa.office
    first_operator(office)
    joined(office, "rosa", "reviewer")
    _, session = people_sessions.begin(office, "olive", "passkey")
    with pytest.raises(NotFound):
        people_sessions.end_one(office, "rosa", str(session.key))
    assert people_sessions.end_all(office, "olive", "olive") == 1
