"""The notice to the person concerned: drawn from the case once secrecy has ended, and nothing it must not say."""

from datetime import date

import pytest

from comity.base.errors import NotPermitted, OutOfOrder
from comity.cases.notices import NoticeFigures, count_notices
from comity.cases.secrecy import NOTICE_DAYS
from comity.web.languages import LANGUAGES
from comity.web.notice_text import as_text
from comity.workflows import keep_secrecy, watch_deadlines, write_notice
from tests.simulators.story import LAW, at, case_at
from tests.simulators.world import SmallWorld


@pytest.fixture
def world() -> SmallWorld:
    """A production that was ordered, whose secrecy has ended."""
    world = at("production ordered")
    for node, person in (("xa", "bo"), ("xb", "olga")):
        office = getattr(world, node).office
        keep_secrecy.end(office, person, case_at(world, node, "stored_data").id, reasons="arrests were made")
    world.settle()
    return world


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_measure_time_basis_and_remedies_in_every_language_and_that_nobody_reviewed_it(
    world: SmallWorld, language: str
) -> None:
    case = case_at(world, "xb", "stored_data")
    notice = write_notice.write_notice(world.xb.office, "olga", case.id)
    assert (notice.basis, notice.asked_here, notice.reason.value) == (LAW, False, "destruction")
    assert notice.measures == tuple(dict.fromkeys(one.measure for one in case.measures))
    text = as_text(notice, LANGUAGES[language], "Central Authority of XB", case.id)
    assert LAW in text
    assert case.id in text
    assert "%(" not in text
    if language == "en":
        assert "nobody has reviewed this text" in text
        assert "court or another independent body" in text


def test_it_names_no_other_state_no_person_no_suspicion_and_nothing_of_the_evidence(world: SmallWorld) -> None:
    for node, person in (("xa", "bo"), ("xb", "olga")):
        office, case = getattr(world, node).office, case_at(world, node, "stored_data")
        assert case.request is not None
        text = as_text(
            write_notice.write_notice(office, person, case.id), LANGUAGES["en"], "this office", "the reference"
        )
        hidden = [case.peer, case.provider, case.request.subject, case.request.facts.strip(), case.request.purpose]
        hidden += [case.request.requesting if node == "xb" else case.request.requested]
        hidden += [one for found in case.measures for one in (found.data, *found.identifiers)]
        hidden += [one.name for one in case.request.persons]
        assert not [one for one in hidden if one and one in text]


def test_none_is_written_while_it_is_secret_or_once_none_is_owed_and_not_by_anybody(world: SmallWorld) -> None:
    secret = at("production ordered")
    with pytest.raises(OutOfOrder, match="is secret until"):
        write_notice.write_notice(secret.xb.office, "olga", case_at(secret, "xb", "stored_data").id)
    case = case_at(world, "xb", "stored_data")
    with pytest.raises(NotPermitted):
        write_notice.write_notice(world.xb.office, "otto", case.id)
    keep_secrecy.give_notice(world.xb.office, "olga", case.id, to="the holder", how="by letter")
    with pytest.raises(OutOfOrder, match="no notice is owed"):
        write_notice.write_notice(world.xb.office, "olga", case.id)


def test_how_many_were_not_yet_told_can_be_counted(world: SmallWorld) -> None:
    office, today = world.xb.office, world.xb.clock.now().day
    cases = world.xb.cases()
    assert count_notices(cases, today) == NoticeFigures(secret=1, not_yet=1)
    assert count_notices(cases, date.fromordinal(today.toordinal() + NOTICE_DAYS + 1)).late == 1
    keep_secrecy.give_notice(office, "olga", case_at(world, "xb", "stored_data").id, to="the holder", how="by letter")
    assert count_notices(world.xb.cases(), today) == NoticeFigures(secret=1, given=1)
    assert count_notices(world.provider.cases(), today) == NoticeFigures()
    world.pass_days(200)
    watch_deadlines.end_what_ran_out(office)
    assert count_notices(world.xb.cases(), world.xb.clock.now().day) == NoticeFigures(not_yet=1, late=1, given=1)
