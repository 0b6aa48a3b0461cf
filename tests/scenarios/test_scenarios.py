"""Scenarios that a lawyer can read: one TOML file each, a story, the facts, and exactly what must be found.

`[request]` has the shape of a request file, `[act]` that of an act of `comity.treaty.acts` beside its `kind`; with
both, the act is about the request. `[requesting]` and `[requested]` change what is on file for the two States (and name
them, by `state`, where there is no request); `[[parties]]` stands for the record of participation. In `[expect]` the
lists stop, decide and ask are exact, note and met name at least what must be among them; postponed is exact, if given.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest

from comity.base.errors import Malformed
from comity.base.ids import StateCode
from comity.base.instants import Instant
from comity.base.mode import Mode
from comity.base.parsing import read_toml
from comity.treaty import acts
from comity.treaty.assess import Assessment, assess
from comity.treaty.citation import Citation
from comity.treaty.conduct import assess_act
from comity.treaty.declarations import Declarations, declarations_of
from comity.treaty.findings import Verdict, verdict
from comity.treaty.measures import all_measures
from comity.treaty.participants import DayOrMonth, Participation
from comity.treaty.participation import Register, load_register
from comity.treaty.request import Code, Request
from comity.treaty.rule_catalogue import all_rules, rules_of
from comity.treaty.screens import all_screens
from comity.treaty.terms import Side
from comity.treaty.urgency import ordered

FOLDER = Path(__file__).parent
SLUGS = sorted(file.stem for file in FOLDER.glob("*.toml"))
LIMIT = 65_536
LEAST_SENTENCES = 3
BUDAPEST = "budapest"

KINDS: dict[str, type[acts.Act]] = {
    "refusal": acts.Refusal,
    "postponement": acts.Postponement,
    "execution": acts.Execution,
    "extension_request": acts.ExtensionRequest,
    "renewal": acts.Renewal,
    "use": acts.Use,
    "onward_transfer": acts.OnwardTransfer,
    "transfer": acts.Transfer,
    "secrecy": acts.Secrecy,
    "dual_answer": acts.DualAnswer,
    "progress_answer": acts.ProgressAnswer,
    "no_longer_needed": acts.NoLongerNeeded,
    "lifting": acts.Lifting,
    "answer": acts.Answer,
}
ONLY_MET = {"basis.exercise", "disclosure.path_only", "network.no_user_data"}
"""Rules that say what holds and find nothing wrong: comity's own word, and what the measure itself sees to."""
NEVER_MET = {"screens.emergency"}
"""A claim of emergency is confirmed by a person or noted to be none; without a claim nothing is looked at."""


class Parties(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """States with an instrument deposited on one day, and the day on which a denunciation of theirs was received."""

    states: tuple[Code, ...]
    deposited_on: date
    denounced_on: date | None = None


class Expect(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Rule ids by verdict. `outcome`: the gravest verdict that is not a note."""

    outcome: Literal["stop", "decide", "ask", "met"]
    stop: tuple[str, ...] = ()
    decide: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    postponed: tuple[str, ...] | None = None

    def of(self, word: Verdict) -> tuple[str, ...]:
        found: tuple[str, ...] = getattr(self, word.value)
        return found


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One file."""

    title: str
    story: str
    citations: tuple[str, ...]
    on: date
    expect: Expect
    mode: Mode = Mode.EXERCISE
    side: Side = Side.REQUESTING
    instrument: str = ""
    request: Request | None = None
    act: dict[str, Any] | None = None
    requesting: dict[str, Any] = {}
    requested: dict[str, Any] = {}
    parties: tuple[Parties, ...] = ()

    @property
    def asked(self) -> Request | None:
        """The request, under the instrument named."""
        return None if self.request is None else msgspec.structs.replace(self.request, instrument=self.instrument)

    @property
    def done(self) -> acts.Act | None:
        """The act, as its kind. Raises ValidationError for a field that its kind lacks, KeyError for no kind."""
        if self.act is None:
            return None
        stated = dict(self.act)
        act: acts.Act = msgspec.convert(stated, KINDS[stated.pop("kind")])
        return act

    @property
    def states(self) -> tuple[Declarations | None, Declarations | None]:
        """What is on file for the requesting and the requested State, changed as the file says."""
        codes = (self.request.requesting, self.request.requested) if self.request else (None, None)
        return _state(codes[0], self.requesting), _state(codes[1], self.requested)

    @property
    def record(self) -> Register:
        rows = [row for group in self.parties for row in _rows(group)]
        return Register(tuple(rows)) if rows else load_register()

    def judged(self) -> Assessment:
        requesting, requested = self.states
        if (act := self.done) is not None:
            return assess_act(act, on=self.on, requesting=requesting, requested=requested, request=self.asked)
        assert self.asked is not None, "a scenario has a request or an act"
        assert requesting is not None
        assert requested is not None
        return assess(
            self.asked,
            requesting=requesting,
            requested=requested,
            register=self.record,
            on=self.on,
            side=self.side,
            mode=self.mode,
        )


def _state(code: StateCode | None, changes: dict[str, Any]) -> Declarations | None:
    """What is on file for a State, with the changes; None for no State."""
    code = code or changes.get("state")
    if code is None:
        assert not changes, "which State is changed? set state"
        return None
    stated = msgspec.to_builtins(declarations_of(code))
    for name, value in changes.items():
        stated[name] = {**stated[name], **value} if isinstance(value, dict) and name in stated else value
    return msgspec.convert(stated, Declarations)


def _rows(group: Parties) -> Iterator[Participation]:
    deposited = DayOrMonth.parse(group.deposited_on.isoformat())
    for code in group.states:
        yield Participation(code, code, None, None, "ratification", deposited, "invented", group.denounced_on)


def read(data: bytes, what: str) -> Scenario:
    """A scenario from TOML bytes. Raises Malformed, also for a field that an act lacks."""
    scenario = read_toml(data, Scenario, limit=LIMIT, what=what)
    try:
        assert scenario.done is not None or scenario.asked is not None, "neither a request nor an act"
    except (msgspec.ValidationError, KeyError) as error:
        raise Malformed(f"not an act: {error}", where=what, hint="see comity.treaty.acts") from None
    return scenario


@cache
def scenario_of(slug: str) -> Scenario:
    return read((FOLDER / f"{slug}.toml").read_bytes(), f"{slug}.toml")


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?=\s|$)", text.strip()))


def rules_with(assessment: Assessment, word: Verdict) -> set[str]:
    return {one.rule for one in assessment.findings if verdict(one) is word}


def outcome_of(assessment: Assessment) -> str:
    words = (Verdict.STOP, Verdict.ASK, Verdict.DECIDE)
    return next((word.value for word in words if rules_with(assessment, word)), "met")


def everything() -> list[Scenario]:
    return [scenario_of(slug) for slug in SLUGS]


def named(*words: Verdict) -> set[str]:
    """Every rule that some scenario of the Convention expects with one of these verdicts."""
    ours = [one for one in everything() if one.instrument != BUDAPEST]
    return {rule for one in ours for word in words for rule in one.expect.of(word)}


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_found_is_what_the_scenario_says(slug: str) -> None:
    one = scenario_of(slug)
    found = one.judged()
    for word in (Verdict.STOP, Verdict.DECIDE, Verdict.ASK):
        assert sorted(rules_with(found, word)) == sorted(one.expect.of(word)), word
    for word in (Verdict.NOTE, Verdict.MET):
        assert set(one.expect.of(word)) <= rules_with(found, word), word
    assert outcome_of(found) == one.expect.outcome


@pytest.mark.parametrize("slug", SLUGS)
def test_a_scenario_tells_its_story_and_cites_what_exists(slug: str) -> None:
    one = scenario_of(slug)
    assert one.title.strip()
    assert sentences(one.story) >= LEAST_SENTENCES
    assert Citation.of(*one.citations, instrument=BUDAPEST if one.instrument == BUDAPEST else "").provisions


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if scenario_of(slug).expect.postponed is not None])
def test_what_an_urgent_request_lets_wait_is_listed_with_its_due_time(slug: str) -> None:
    one = scenario_of(slug)
    assert one.asked is not None
    ours = one.states[0 if one.side is Side.REQUESTING else 1]
    assert ours is not None
    noon = Instant.parse(f"{one.on}T12:00:00Z")
    order = ordered(one.judged(), one.asked, noon, ours)
    assert sorted(waiting.finding.rule for waiting in order.postponed) == sorted(one.expect.postponed or ())
    assert all(waiting.due > noon for waiting in order.postponed)
    assert len(order.now) + len(order.postponed) == len(one.judged().findings)


def test_there_are_enough_of_them() -> None:
    outcomes = [one.expect.outcome for one in everything()]
    assert len(outcomes) >= 80
    assert outcomes.count("stop") >= 25
    assert outcomes.count("decide") >= 25


def test_every_rule_is_shown_by_a_scenario_where_it_finds_something() -> None:
    wrong = named(Verdict.STOP, Verdict.DECIDE, Verdict.ASK, Verdict.NOTE)
    assert set(all_rules()) - wrong - ONLY_MET == set()
    assert named(Verdict.MET) >= ONLY_MET
    assert wrong & ONLY_MET == set()


def test_no_scenario_names_a_rule_that_the_catalogues_lack() -> None:
    for one in everything():
        known = set(all_rules()) | (set(rules_of(BUDAPEST)) if one.instrument == BUDAPEST else set())
        assert {rule for word in Verdict for rule in one.expect.of(word)} <= known, one.title


def test_every_measure_is_asked_for_in_a_scenario() -> None:
    asked = {sought.measure for one in everything() if one.request for sought in one.request.measures}
    assert {kind.name for kind in all_measures()} - asked == set()


def test_every_screen_is_hit_once_and_passed_once() -> None:
    screens = {one.rule for one in all_screens().screen}
    assert screens - named(Verdict.DECIDE) == set()
    assert screens - named(Verdict.MET) == NEVER_MET
    assert named(Verdict.NOTE) >= NEVER_MET


WELL = b"""
title = "A refusal"
story = "One. Two. Three."
citations = ["40(25)"]
on = 2026-11-22
[act]
kind = "refusal"
ground = "essential_interests"
reasons = "It would harm our security."
consulted = true
[expect]
outcome = "met"
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"title =", b"titel ="),
        (b"consulted = true", b"consultd = true"),
        (b'kind = "refusal"', b'kind = "refusing"'),
        (b'outcome = "met"', b'outcome = "fine"'),
        (b"on = 2026-11-22", b"on = 22"),
    ],
)
def test_a_scenario_with_a_mistake_is_refused(old: bytes, new: bytes) -> None:
    assert outcome_of(read(WELL, "x").judged()) == "met"
    with pytest.raises(Malformed):
        read(WELL.replace(old, new), "x")


def test_a_story_of_two_sentences_is_counted_as_two() -> None:
    assert sentences("State XA asks. It hears nothing.") == 2
    assert sentences("By art. 42(8) it keeps the data. So it does! Does it?") >= LEAST_SENTENCES
