"""More cases beside the story's, each brought into another state by the people whose work that is.

Requests go out together and are acted on together, so that the nodes carry them in few rounds. `lapsed` takes months:
that case is of the past (`earlier`). `approved` is no state in which a case can be found: approval and sending are one
transaction, and a case's page has both as steps. What waits between two approvals, an emergency, is a draft.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from comity.adapters.sources_files import find_sources
from comity.cases.case import Case
from comity.cli.demo.story import Story
from comity.cli.demo.world import PROVIDER, XA, XB
from comity.treaty.request import Offence, Request, Screens
from comity.workflows import (
    ask_information,
    consult_peer,
    decide_request,
    draft_request,
    freeze_case,
    hand_over,
    lift_order,
    order_provider,
    postpone_request,
    read_cases,
    seal_evidence,
    withdraw_request,
)
from comity.workflows.office import Office

_LAW: Final = "Electronic Evidence Act of XB, section 4 (invented)"
_HOW: Final = "export of the account's access log by the legal team"
_LOOK_AGAIN_DAYS: Final = 60
_PRESERVATIONS: Final = {
    "asked": "an online auction",
    "information": "a forged parcel notice",
    "ordered": "a false bank website",
    "objected": "phishing of a bank's customers",
    "preserved": "a romance scam",
    "refused": "a stolen loyalty account",
    "withdrawn": "a cloned telephone number",
    "lifted": "a false travel agency",
    "let-go": "a hijacked listing",
}
_LIFTED: Final = ("lifted", "let-go")
_PRODUCTIONS: Final = {
    "p-asked": "a false charity",
    "p-information": "an invoice fraud",
    "p-consulted": "a trading robot",
    "p-postponed": "a false lottery",
    "p-granted": "a rented flat that is none",
    "p-frozen": "a false job offer",
    "p-ordered": "a false support line",
    "p-objected": "a false web shop",
    "p-sealed": "a forged identity card",
    "p-arrived": "a stolen wallet of tokens",
    "p-accepted": "a false investment fund",
    "p-onward": "an account taken over",
    "p-refused": "a disputed auction",
    "p-withdrawn": "a double payment",
    "p-held": "a rented car that is none",
}


@dataclass(slots=True)
class Gallery:
    """The cases by name. `ours`, `theirs`, `held`: their ids at XA, at XB and at the provider."""

    story: Story
    ours: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)
    held: dict[str, str] = field(default_factory=dict)

    def fill(self) -> None:
        """Everything; raises what goes wrong."""
        self._drafts()
        self._send()
        self._answer()
        self._order()
        self._at_provider()
        self._hand_over()

    def _drafts(self) -> None:
        urgent, production = self.story.request("preservation.toml"), self.story.request("production.toml")
        self._draft(about(urgent, 502, "ransomware at a hospital", article="10"))
        said = Screens(expression=True, protected_ground=False, research=False)
        self._draft(msgspec.structs.replace(about(urgent, 511, "a false report"), screens=said))
        self._draft(about(production, 512, "a false insurance"))

    def _send(self) -> None:
        urgent, production = self.story.request("preservation.toml"), self.story.request("production.toml")
        for number, (name, what) in enumerate([*_PRESERVATIONS.items(), *_PRODUCTIONS.items()], 520):
            request = production if name in _PRODUCTIONS else urgent
            case = self._draft(about(request, number, what))
            self.ours[name] = draft_request.approve(self._office(XA), "bo", case.id).id
        self.theirs = self._arrived(XB, self.ours)
        for name in _PRODUCTIONS:
            self._decide_what_waits(self.theirs[name])

    def _answer(self) -> None:
        xb, theirs = self._office(XB), self.theirs
        for name in ("information", "p-information"):
            text = "The holder cannot be told apart."
            ask_information.ask(xb, "olga", theirs[name], missing=("the invoice of the account",), text=text)
        for name in ("refused", "p-refused"):
            decide_request.refuse(
                xb,
                "rita",
                theirs[name],
                ground="essential_interests",
                citation="40(21)(b)",
                reasons="An inquiry of our parliament on the same company is under way.",
                consulted_otherwise="by telephone on the day before, with the central authority of XA",
            )
        for name in ("p-consulted", "p-postponed"):
            consult_peer.consult(
                xb, "olga", theirs[name], about="postponement", text="A trial here is open until spring."
            )
        for name in ("withdrawn", "p-withdrawn"):
            withdraw_request.withdraw(self._office(XA), "bo", self.ours[name], reasons="The payment was returned.")
        for name in _GRANTED:
            decide_request.grant(xb, "rita", theirs[name], reasons="Fraud in both States; one account, no content.")
        freeze_case.freeze(xb, "omar", theirs["p-frozen"], reasons="A complaint says that this is about a journalist.")
        self._wait_for(XA, "p-postponed", lambda case: bool(case.consultations), "the question at XA")
        consult_peer.reply(
            self._office(XA), "bo", self.ours["p-postponed"], text="Until then the holder's name would do."
        )
        self._wait_for(XB, "p-postponed", lambda case: bool(case.consultations[0].answer), "the reply at XB")
        look_again = xb.clock.now().plus_days(_LOOK_AGAIN_DAYS).day
        postpone_request.postpone(
            xb, "rita", theirs["p-postponed"], reasons="Our own trial on this account.", look_again=look_again
        )

    def _order(self) -> None:
        ordered = ["ordered", "objected", "preserved", *_LIFTED, *_ORDERED]
        for name in ordered:
            order_provider.order(
                self._office(XB),
                "dan",
                self.theirs[name],
                provider=PROVIDER,
                legal_basis=_LAW,
                reasons="a request of XA",
            )
        self.held = self._arrived(PROVIDER, {name: self.theirs[name] for name in ordered})

    def _at_provider(self) -> None:
        provider, held = self._office(PROVIDER), self.held
        for name in ("objected", "p-objected"):
            reasons = "It names no account of ours."
            order_provider.object_to_order(provider, "lee", held[name], ground="too broad", reasons=reasons)
        for name in ("preserved", *_LIFTED):
            order_provider.confirm_preserved(provider, "lee", held[name])
        for name in _LIFTED:
            self._wait_for(XB, name, lambda case: case.state == "preserved", "word of the provider")
            withdraw_request.withdraw(self._office(XA), "bo", self.ours[name], reasons="The suspect confessed.")
        for name in _LIFTED:
            self._wait_for(XB, name, lambda case: case.state == "withdrawn", "the withdrawal at XB")
            lift_order.lift(self._office(XB), "dan", self.theirs[name], reasons="The request was withdrawn.")
        for name in _LIFTED:
            self._wait_for(PROVIDER, name, lambda case: case.state == "order lifted", "the lifting at the provider")
        lift_order.let_go(provider, "lee", held["let-go"], text="The copy was deleted today.")

    def _hand_over(self) -> None:
        folder = self.story.world.folder / "small-export"
        folder.mkdir()
        (folder / "access.log").write_bytes(b'192.0.2.7 - - [01/Oct/2026] "GET /invest" 200\n' * 2000)
        provider, xb = self._office(PROVIDER), self._office(XB)
        for name in _SEALED:
            seal_evidence.seal_evidence(provider, "lee", self.held[name], find_sources(folder), how=_HOW)
        for name in _SEALED[1:]:
            hand_over.release(provider, "lee", self.held[name], reason="as ordered")
        for name in _SEALED[1:]:
            self._wait_for(XB, name, lambda case: case.state == "evidence arrived", "evidence at XB")
        for name in _SEALED[2:]:
            hand_over.accept(xb, "olga", self.theirs[name], reason="for the request")
        hand_over.release(xb, "dan", self.theirs["p-onward"], reason="for the request of XA")
        withdraw_request.withdraw(self._office(XA), "bo", self.ours["p-held"], reasons="The suspect confessed.")
        self._wait_for(XA, "p-onward", lambda case: case.state == "evidence arrived", "evidence at XA")
        self._wait_for(XB, "p-held", lambda case: case.state.startswith("withdrawn"), "the withdrawal at XB")

    def _office(self, node: str) -> Office:
        return self.story.office(node)

    def _draft(self, request: Request) -> Case:
        return draft_request.draft(self._office(XA), "anna", request, XB)

    def _decide_what_waits(self, case_id: str) -> None:
        self.story.decide_what_waits(XB, self.story.case(XB, case_id))

    def _arrived(self, node: str, sent: dict[str, str]) -> dict[str, str]:
        """Each case's id at `node`, once all have come; sent: their ids at the other side."""

        def here() -> dict[str, str]:
            return {one.their_case: one.id for one in read_cases.all_cases(self._office(node))}

        self.story.world.wait(lambda: set(sent.values()) <= here().keys(), f"the cases at {node}")
        known = here()
        return {name: known[case_id] for name, case_id in sent.items()}

    def _wait_for(self, node: str, name: str, condition: Callable[[Case], bool], what: str) -> None:
        case_id = {XA: self.ours, XB: self.theirs, PROVIDER: self.held}[node][name]
        self.story.world.wait(lambda: condition(self.story.case(node, case_id)), what)


_SEALED: Final[Sequence[str]] = ("p-sealed", "p-arrived", "p-accepted", "p-onward", "p-held")
_ORDERED: Final[Sequence[str]] = ("p-ordered", "p-objected", *_SEALED)
_GRANTED: Final = frozenset({"p-granted", "p-frozen", *_ORDERED})


def about(request: Request, number: int, what: str, *, article: str = "13") -> Request:
    """The same request in another matter."""
    offence = Offence(article=article, name=what, law=request.offence.law, max_penalty_years=8)
    return msgspec.structs.replace(request, subject=f"Investigation 2026-0{number} into {what}", offence=offence)
