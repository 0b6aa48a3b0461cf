"""The story: an online investment scam (art. 13). Preservation, then production, then evidence with its custody."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from comity.adapters.files import read_limited
from comity.adapters.sources_files import FolderSink, find_sources
from comity.base.counted import counted
from comity.cases.case import Case
from comity.cli.demo.account import Account
from comity.cli.demo.exhibits import examples_folder, write_exhibits
from comity.cli.demo.world import PROVIDER, XA, XB, World
from comity.treaty.assess import Side
from comity.treaty.request import REQUEST_LIMIT, Request, read_request
from comity.treaty.terms import Role
from comity.workflows import (
    decide_request,
    draft_request,
    examine_evidence,
    hand_over,
    order_provider,
    read_cases,
    seal_evidence,
)
from comity.workflows.assess_request import assess_request
from comity.workflows.office import Office

ORDER_DAYS: Final = 90
LAW: Final = "Electronic Evidence Act of XB, section 9 (invented)"


@dataclass(slots=True)
class Story:
    """One run of the story. `preservation`, `production`: XA's two cases, once they are approved."""

    world: World
    account: Account
    preservation: str = ""
    production: str = ""

    def office(self, node: str) -> Office:
        return self.world.nodes[node].office

    def case(self, node: str, case_id: str) -> Case:
        return read_cases.find(self.office(node), case_id)

    def run(self) -> None:
        """Every step; raises what goes wrong."""
        self._begin()
        self._preserve()
        self._produce()
        self._hand_over()

    def _begin(self) -> None:
        with self.account.step("make four nodes, compare fingerprints, trust directories", "operators", ""):
            self.world.found()
        with self.account.step("start four processes on loopback", "operators", ""):
            self.world.start()

    def _preserve(self) -> None:
        account, request = self.account, self.request("preservation.toml")
        with account.step("draft an urgent preservation request", "anna, duty officer of XA", "42(1)"):
            case = draft_request.draft(self.office(XA), "anna", request, XB)
        with account.step("check it against the treaty", "the rules, at XA", "42(3)"):
            found = assess_request(self.office(XA), request, Side.REQUESTING)
        account.note(f"{len(found.met)} conditions met, {len(found.stops)} stop it, {len(found.decisions)} wait")
        with account.step("a second person approves; signed, sealed, queued", "bo, case lawyer of XA", "40(14)"):
            self.preservation = draft_request.approve(self.office(XA), "bo", case.id).id
        with account.step("it travels; XB checks for itself, logs, receipts", "the nodes", "42(3)"):
            self.until_delivered(XA, self.preservation)
            theirs = self.case_of(XB, self.preservation)
        with account.step("order the provider to preserve", "dan, duty officer of XB", "25(2)"):
            order_provider.order(
                self.office(XB),
                "dan",
                theirs.id,
                provider=PROVIDER,
                legal_basis="Electronic Evidence Act of XB, section 4 (invented)",
                reasons="an urgent request of XA; the logs are deleted after 30 days",
                days=ORDER_DAYS,
            )
            at_provider = self.await_case(PROVIDER, theirs.id)
        with account.step("confirm preservation, with its last day", "lee, legal team", "25(2)"):
            kept = order_provider.confirm_preserved(self.office(PROVIDER), "lee", at_provider.id)
        account.note(f"kept until {kept.preserved_until}")
        with account.step("XA is told", "the nodes", "42(8)"):
            self.world.wait(
                lambda: self.case(XA, self.preservation).preserved_until == kept.preserved_until, "word at XA"
            )

    def _produce(self) -> None:
        account, request = self.account, self.request("production.toml")
        with account.step("draft the request for assistance that follows", "anna, duty officer of XA", "40(15)"):
            case = draft_request.draft(self.office(XA), "anna", request, XB, follows=self.preservation)
        with account.step("approve it", "bo, case lawyer of XA", "40(14)"):
            self.production = draft_request.approve(self.office(XA), "bo", case.id).id
        with account.step("it travels; preservation is held pending the decision", "the nodes", "42(8)"):
            self.until_delivered(XA, self.production)
            theirs = self.case_of(XB, self.production)
        with account.step("decide: granted, with reasons", "rita, reviewer of XB", "40(17)"):
            self.decide_what_waits(XB, theirs)
            decide_request.grant(
                self.office(XB),
                "rita",
                theirs.id,
                reasons="fraud in both States; one account, the months of the payments only, no content data",
            )
        with account.step("order the provider to produce", "olga, case lawyer of XB", "27(a)"):
            order_provider.order(
                self.office(XB),
                "olga",
                theirs.id,
                provider=PROVIDER,
                legal_basis=LAW,
                reasons="granted by the reviewer",
                days=ORDER_DAYS,
            )
            self.await_case(PROVIDER, theirs.id)

    def _hand_over(self) -> None:
        account = self.account
        theirs = self.case_of(XB, self.production)
        at_provider = self.case_of(PROVIDER, theirs.id)
        export = self.world.folder / "export"
        write_exhibits(export)
        with account.step("seal the export; custody begins", "lee, legal team", "44(1)"):
            _, sealed = seal_evidence.seal_evidence(
                self.office(PROVIDER),
                "lee",
                at_provider.id,
                find_sources(export),
                how="export of the access logs and of the domains seen in them (generated for the exercise)",
            )
        account.note(f"{counted(len(sealed.manifest.items), 'file')}, {sealed.manifest.content_bytes:,} bytes")
        self._pass_on(PROVIDER, "lee", at_provider.id, XB, "olga", theirs.id, "27(a)")
        self._pass_on(XB, "dan", theirs.id, XA, "bo", self.production, "44(1)")
        with account.step("open it: every digest and signature checked", "anna, investigator of XA", "40(19)"):
            opened = self.world.folder / "opened"
            _, manifest = examine_evidence.examine(
                self.office(XA), "anna", self.production, FolderSink(opened), purpose="investigation 2026-0417"
            )
        self.compare(export, opened)
        account.evidence["files"] = sum(item.kind == "file" for item in manifest.items)
        account.evidence["bytes"] = manifest.content_bytes

    def _pass_on(self, giver: str, by: str, given: str, taker: str, to: str, taken: str, article: str) -> None:
        """One hand-over with both signatures; ended when the giver has the second."""
        with self.account.step(f"{giver} releases the package to {taker}", by, article):
            hand_over.release(self.office(giver), by, given, reason="for the request it answers")
            self.until(taker, taken, "evidence arrived")
        with self.account.step(f"{taker} checks and accepts it: the second signature", to, article):
            hand_over.accept(self.office(taker), to, taken, reason="for the request it answers")
            self.until(giver, given, "produced")

    def compare(self, export: Path, opened: Path) -> None:
        """What was opened is what was exported, byte for byte; said once for all that is compared."""
        names = sorted(path.name for path in export.iterdir())
        same = all((opened / "data" / name).read_bytes() == (export / name).read_bytes() for name in names)
        so_far = bool(self.account.evidence.get("verified", True))
        self.account.evidence["verified"] = so_far and same and bool(names)

    def decide_what_waits(self, node: str, case: Case, *, officer: str = "dan", reviewer: str = "rita") -> None:
        """Every finding that waits for a person gets a decision by its own rule, of whoever it names."""
        for finding in read_cases.view(self.office(node), case).waiting:
            decide_request.decide(
                self.office(node),
                officer if finding.who is Role.DUTY_OFFICER else reviewer,
                case.id,
                rule=finding.rule,
                in_favour=True,
                decision="may go on",
                reasons=f"{finding.todo} Looked at, for one account and limited data.",
            )

    def request(self, name: str, *, of: str = "investment-scam") -> Request:
        """A request of the examples."""
        path = examples_folder().with_name(of) / name
        return read_request(read_limited(path, REQUEST_LIMIT), str(path))

    def until(self, node: str, case_id: str, state: str) -> None:
        """Wait until a case stands so."""
        self.world.wait(lambda: self.case(node, case_id).state == state, f"{state} at {node}")

    def until_delivered(self, node: str, case_id: str) -> None:
        office = self.office(node)

        def all_settled() -> bool:
            with office.store.transaction() as tx:
                mine = [tx.outbox.get(one) for one in tx.outbox.open_ids()]
            return not any(one and one.case_id == case_id for one in mine)

        self.world.wait(all_settled, f"receipts at {node}")

    def case_of(self, node: str, their_case: str, procedure: str = "") -> Case:
        """The case of `node` whose peer calls it `their_case`; of an emergency there are two, of two procedures."""
        found = (one for one in read_cases.all_cases(self.office(node)) if one.their_case == their_case)
        return next(one for one in found if procedure in ("", one.procedure))

    def await_case(self, node: str, their_case: str) -> Case:
        def is_there() -> bool:
            return any(one.their_case == their_case for one in read_cases.all_cases(self.office(node)))

        self.world.wait(is_there, f"the case at {node}")
        return self.case_of(node, their_case)
