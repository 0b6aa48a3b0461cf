"""An emergency, in another matter: two approvals, preservation at once, the call-back by name and its check, the
evidence, the written confirmation and the review (articles 2(o), 41(3)(e)). Who calls is played; the rest is done."""

from dataclasses import dataclass
from typing import Final

from comity.adapters.sources_files import FolderSink, find_sources
from comity.cases.case import Case
from comity.cli.demo.exhibits import write_log_ins
from comity.cli.demo.story import LAW, ORDER_DAYS, Story
from comity.cli.demo.world import PROVIDER, XA, XB
from comity.workflows import (
    call_back,
    decide_request,
    draft_request,
    examine_evidence,
    hand_over,
    order_provider,
    seal_evidence,
)

_REACHED: Final = "I. Example, duty desk of XA"
_WHY: Final = "a child was taken, and tonight is named"


@dataclass(slots=True)
class Emergency:
    """One emergency after the story, between the same nodes. `ours`, `theirs`: its case at XA and at XB."""

    story: Story
    ours: str = ""
    theirs: str = ""

    def run(self) -> None:
        """Every step; raises what goes wrong."""
        self._ask()
        self._preserve()
        self._call_back()
        self._produce()
        self._review()

    def _ask(self) -> None:
        story, account, xa = self.story, self.story.account, self.story.office(XA)
        with account.step("draft a request because a life is at risk", "bo, case lawyer of XA", "41(3)(e)"):
            self.ours = draft_request.draft(xa, "bo", story.request("request.toml", of="emergency"), XB).id
        with account.step(
            "decide that it is an emergency; approve: nothing is sent", "anna, duty officer of XA", "2(o)"
        ):
            story.decide_what_waits(XA, story.case(XA, self.ours), officer="anna", reviewer="rose")
            draft_request.approve(xa, "anna", self.ours)
        with account.step("a third person approves; signed, sealed, queued", "rose, reviewer of XA", "40(14)"):
            draft_request.approve(xa, "rose", self.ours)
        with account.step("it travels; XB opens a second case, to preserve alone", "the nodes", "41(3)(b)"):
            story.until_delivered(XA, self.ours)
            self.theirs = story.case_of(XB, self.ours, "stored_data").id

    def _preserve(self) -> None:
        story = self.story
        with story.account.step("preserve at once, which waits for no call", "dan, lee", "25(2)"):
            kept = story.case_of(XB, self.ours, "preservation")
            self._order("dan", kept)
            at_provider = story.await_case(PROVIDER, kept.id)
            order_provider.confirm_preserved(story.office(PROVIDER), "lee", at_provider.id)

    def _call_back(self) -> None:
        story, account, xb = self.story, self.story.account, self.story.office(XB)
        with account.step("decide that it is one here too, and what else waits", "dan, rita", "2(o)"):
            story.decide_what_waits(XB, self._case, officer="dan", reviewer="rita")
        with account.must_refuse("an emergency granted before anybody called back", "out-of-order"):
            self._grant()
        with account.step(
            "call the number of the directory, and say who answered", "dan, duty officer of XB", "41(3)(e)"
        ):
            number = call_back.number_of(xb, self._case)
            called = "Asked for case and child; the desk named both, and both who approved."
            call_back.call_back(xb, "dan", self.theirs, result="confirmed", reached=_REACHED, text=called)
        account.note(f"{number}: {_REACHED}")
        with account.step("a second person checks the call", "olga, case lawyer of XB", "41(3)(e)"):
            call_back.check_call(xb, "olga", self.theirs, confirmed=True, reasons="the number is the directory's")

    def _produce(self) -> None:
        story, account = self.story, self.story.account
        with account.step("grant it, and order the provider to produce", "rita, olga", "27(a)"):
            self._grant()
            self._order("olga", self._case)
            at_provider = story.await_case(PROVIDER, self.theirs).id
        with account.step("seal, hand over twice with both signatures, open", "lee, olga, dan, bo, anna", "44(1)"):
            export, opened = story.world.folder / "log-ins", story.world.folder / "opened-log-ins"
            write_log_ins(export)
            how = "export of the log-ins of the day (generated for the exercise)"
            seal_evidence.seal_evidence(story.office(PROVIDER), "lee", at_provider, find_sources(export), how=how)
            for giver, by, given, taker, to, taken in (
                (PROVIDER, "lee", at_provider, XB, "olga", self.theirs),
                (XB, "dan", self.theirs, XA, "bo", self.ours),
            ):
                hand_over.release(story.office(giver), by, given, reason=_WHY)
                story.until(taker, taken, "evidence arrived")
                hand_over.accept(story.office(taker), to, taken, reason=_WHY)
            examine_evidence.examine(story.office(XA), "anna", self.ours, FolderSink(opened), purpose=_WHY)
            story.compare(export, opened)

    def _review(self) -> None:
        story, account, xb = self.story, self.story.account, self.story.office(XB)
        with account.step("confirm in writing what was asked for at once", "bo, case lawyer of XA", "40(14)"):
            call_back.follow_up(story.office(XA), "bo", self.ours, text="It was ours; the child was found.")
            story.world.wait(self._is_followed_up, "the written confirmation at XB")
        with account.step("review it after the fact: confirmed, and counted", "rita, reviewer of XB", "41(3)(e)"):
            call_back.review(xb, "rita", self.theirs, outcome="confirmed", reasons="They wrote; the child was found.")

    @property
    def _case(self) -> Case:
        return self.story.case(XB, self.theirs)

    def _is_followed_up(self) -> bool:
        found = self._case.emergency
        return found is not None and found.followed_up

    def _grant(self) -> None:
        decide_request.grant(self.story.office(XB), "rita", self.theirs, reasons=_WHY)

    def _order(self, by: str, case: Case) -> None:
        order_provider.order(
            self.story.office(XB), by, case.id, provider=PROVIDER, legal_basis=LAW, reasons=_WHY, days=ORDER_DAYS
        )
