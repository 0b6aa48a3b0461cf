"""What a rule says is to be done names fields as the form names them, in the reader's language."""

from pathlib import Path

import msgspec
import pytest

from comity.web.catalogues import words_of
from comity.web.languages import LANGUAGES
from comity.web.request_form.catalogue import FIELDS
from comity.web.request_form.named import with_labels
from tests.simulators.story import draft
from tests.simulators.world import XA, new_world, production
from tests.web.reading import at

(FOLLOWS,) = FIELDS["will_follow"].choices


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Set deadline_reasons.", "Set <q>Reason for that day</q>."),
        (
            "Set period_from and period_to in the measure.",
            "Set <q>First day the data are about</q> and <q>Last day the data are about</q> in the measure.",
        ),
        ("State offence.act_committed_on.", "State <q>Day of the act</q>."),
        ("Set assistance_will_follow = true, and", f"Set <q>{FOLLOWS.word}</q>, and"),
        ("Set duration_justification in the measure.", "Set duration_justification in the measure."),
        ("Nothing is named: <b> & co.", "Nothing is named: &lt;b&gt; &amp; co."),
        ("<deadline_reasons>", "&lt;<q>Reason for that day</q>&gt;"),
        ("", ""),
    ],
)
def test_a_field_of_the_form_is_called_by_its_label(said: str, shown: str) -> None:
    assert with_labels(said, str) == shown


def test_the_label_is_in_the_readers_language() -> None:
    french = words_of(LANGUAGES["fr"])
    assert with_labels("deadline_reasons", french.text) == f"<q>{french.text('Reason for that day')}</q>"


def test_the_page_of_a_case_says_it_so(tmp_path: Path) -> None:
    world = new_world()
    asked = msgspec.structs.replace(production(), deadline=world.xa.office.clock.now().plus_days(9).day)
    case = draft(world, asked)
    page = at(world, XA, "anna", tmp_path).get(f"/cases/{case.id}")
    assert page.says("Reason for that day") and not page.says("deadline_reasons")
