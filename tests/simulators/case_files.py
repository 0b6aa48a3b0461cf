"""Cases in memory: one event of each kind, and ways to a case in any state."""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from msgspec.structs import replace

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.ids import CaseId, StateCode
from comity.base.mode import Mode
from comity.cases import events as e
from comity.cases.case import Case, Consultation, Notice, Onward, Position
from comity.cases.complaints import Complaint
from comity.cases.doubting import Ground
from comity.cases.emergency import Call, Emergency
from comity.cases.machine import advance, begin
from comity.treaty.request import Confidentiality, Request

CASE: Final = CaseId("01934f5e-7c00-7000-8000-000000000001")
AUTHOR: Final = "duty-officer-1"
SECOND: Final = "reviewer-1"
OVERSEER: Final = "overseer-1"
THEIRS: Final = "m-consultation"
"""The message with which the peer opened a consultation."""
COMPLAINT: Final = "c-1"
"""A complaint that was recorded here."""
THIRD: Final = "XC/central-authority"
ONWARD: Final = "m-onward"
"""The message with which the peer asked whether the evidence may go to a third State."""
TOKEN: Final = "m-token"
"""The message that authorised it earlier."""
QUESTION: Final = "m-question"
"""The message with which the provider asked what its order means."""
PEER: Final = "XB/central-authority"
PACKAGE: Final = "01934f5e-7c00-7000-8000-00000000000a"
REQUEST: Final = Request(
    requesting=StateCode("XA"),
    requested=StateCode("XB"),
    subject="an investment scam",
    confidentiality=Confidentiality(wanted=True, until=date(2027, 5, 1), reasons="suspects would flee"),
)
REQUEST_SHA256: Final = str(Digest.of(to_json(REQUEST)))
FIRST: Final = (e.Drafted, e.Received, e.OrderReceived)


def samples(procedure: str = "preservation") -> tuple[e.Event, ...]:
    """One event of each kind, in the order of EVENTS; those that begin a case begin one of `procedure`."""
    return (
        e.Drafted(at=1, by=AUTHOR, mode=Mode.EXERCISE, procedure=procedure, peer=PEER, request=REQUEST),
        e.Approved(at=2, by=SECOND, request_sha256=REQUEST_SHA256),
        e.Sent(at=3, by=SECOND, message="m1", doc_sha256="d1"),
        e.Received(
            at=1,
            by=PEER,
            mode=Mode.EXERCISE,
            procedure=procedure,
            peer=PEER,
            their_case="c9",
            message="m1",
            doc_sha256="d1",
            request=REQUEST,
        ),
        e.OrderReceived(
            at=1,
            by=PEER,
            mode=Mode.EXERCISE,
            procedure=procedure,
            peer=PEER,
            their_case="c9",
            message="m1",
            doc_sha256="d1",
            measure="production_of_stored_data",
            data="subscriber data",
            identifiers=("user@example",),
            since=date(2026, 11, 1),
            until=date(2026, 12, 1),
            secret_until=date(2027, 1, 1),
            recipients=("age1",),
        ),
        e.Receipted(at=4, by=PEER, message="m1", status="delivered"),
        e.InformationAsked(at=5, by=PEER, missing=("42(3)(b): say for which offence",), message="m2"),
        e.Mended(at=5, by=AUTHOR, request=REQUEST),
        e.InformationGiven(at=6, by=SECOND, request=REQUEST, message="m3", doc_sha256="d3"),
        e.Decided(
            at=7,
            by=SECOND,
            rule="screens.expression",
            decision="go on",
            in_favour=True,
            reasons="it does not turn on what was said",
            role="reviewer",
        ),
        e.Granted(at=8, by=SECOND, reasons="all met", message="m4"),
        e.Refused(at=8, by=SECOND, ground="public order", citation="40(21)(b)", reasons="why", message="m4"),
        e.OrderIssued(
            at=9,
            by=SECOND,
            provider="XB/provider-one",
            until=date(2027, 2, 1),
            legal_basis="s. 5",
            message="m5",
            doc_sha256="d5",
        ),
        e.Objected(at=10, by="XB/provider-one", ground="cannot comply", reasons="no such account", message="m6"),
        e.Preserved(at=11, by="XB/provider-one", since=date(2026, 11, 22), until=date(2027, 2, 20), message="m7"),
        e.Answered(at=12, by="automatic", kind="preserved", message="m8", doc_sha256="d8"),
        e.AssistanceArrived(at=13, by=PEER, case="c2"),
        e.EvidenceSealed(at=14, by="clerk-1", package=PACKAGE, files=2, size=5),
        e.EvidenceReleased(at=15, by="clerk-1", package=PACKAGE, to=PEER, message="m9", doc_sha256="d9"),
        e.EvidenceArrived(at=16, by=PEER, package=PACKAGE, sender=PEER, message="m9"),
        e.EvidenceAccepted(at=17, by=SECOND, package=PACKAGE, holder="XA/central-authority", message="m10"),
        e.EvidenceExamined(at=18, by=AUTHOR, package=PACKAGE, purpose="trace the payments", files=2, size=5),
        e.EvidenceReissued(
            at=18,
            by=AUTHOR,
            package=PACKAGE,
            made="ab" * 32,
            sealed_for="XA/court",
            readers=1,
            reasons="the trial court reads it",
        ),
        e.Withdrawn(at=19, by=AUTHOR, reasons="solved otherwise"),
        e.Lapsed(at=20, by="node", due=date(2027, 2, 20)),
        e.ConsultationOpened(at=21, by=SECOND, about="refusal", text="could it be narrower?", message="m11"),
        e.ConsultationAnswered(
            at=22, by=SECOND, consultation=THEIRS, text="these two accounts would do", message="m12"
        ),
        e.ConditionsAccepted(at=23, by=SECOND, grant="m4", reasons="we can keep them", message="m13"),
        e.ConditionsDeclined(at=23, by=SECOND, grant="m4", reasons="the court needs them", message="m13"),
        e.Postponed(
            at=24,
            by=SECOND,
            ground="own proceedings",
            citation="art. 40(27)",
            reasons="a trial of our own",
            look_again=date(2027, 3, 1),
            message="m14",
        ),
        e.Resumed(at=25, by=SECOND, reasons="the trial is over", message="m15"),
        e.ClarificationAsked(at=26, by="XB/provider-one", text="which of the two accounts?", message=QUESTION),
        e.ClarificationGiven(at=27, by=SECOND, question=QUESTION, text="both", message="m17"),
        e.Frozen(at=28, by=OVERSEER, reasons="a complaint", role="oversight"),
        e.Unfrozen(at=29, by=OVERSEER, reasons="the complaint was looked into", role="oversight"),
        e.SecrecyExtended(at=30, by=OVERSEER, until=date(2027, 9, 1), reasons="a second suspect", role="reviewer"),
        e.SecrecyEnded(at=31, by=SECOND, reasons="arrests were made", role="reviewer"),
        e.NoticeGiven(at=32, by=SECOND, to="the holder of the account", how="by letter", on=date(2027, 5, 2), role="r"),
        e.NoticeWithheld(at=33, by=SECOND, reasons="the person cannot be found", role="case_lawyer"),
        e.NoticeWaived(at=34, by=OVERSEER, reasons="searched for in vain", role="oversight"),
        e.OrderLifted(at=35, by=SECOND, reasons="the request was withdrawn", message="m18", doc_sha256="d18"),
        e.CopiesReleased(at=36, by="XB/provider-one", text="deleted on the same day", message="m19"),
        e.EvidenceReturned(
            at=37, by=SECOND, package=PACKAGE, to=PEER, reasons="the trial is over", message="m20", doc_sha256="d20"
        ),
        e.EvidenceDestroyed(
            at=38,
            by=OVERSEER,
            package=PACKAGE,
            reasons="as the court ordered",
            copies="there are none",
            role="reviewer",
            size=4096,
            held=True,
            message="m21",
            doc_sha256="d21",
        ),
        e.SecrecyLapsed(at=1_809_216_000, by="automatic", due=date(2027, 5, 1)),
        e.ExculpatoryFound(
            at=47, by=SECOND, text="the log shows another address", role="case_lawyer", message="m24", doc_sha256="d24"
        ),
        e.ComplaintRecorded(
            at=48,
            by=SECOND,
            complaint="c-2",
            kind="erasure",
            text="the data of a neighbour",
            reference="ombudsman 7/2026",
            origin="XA/central-authority",
            due=date(2026, 12, 22),
        ),
        e.ComplaintForwarded(at=49, by=SECOND, complaint=COMPLAINT, to=PEER, how="by message", message="m25"),
        e.ComplaintAnswered(
            at=50,
            by=SECOND,
            complaint=COMPLAINT,
            node="XA/central-authority",
            outcome="done",
            text="erased",
            role="case_lawyer",
        ),
        e.DisclosedToCourt(
            at=51, by=SECOND, order="5 Js 7/26", to="the defence", manifest_sha256="d26", given=7, withheld=1, role="r"
        ),
        e.RetentionExtended(
            at=52, by=OVERSEER, item="case", until=date(2040, 1, 1), reasons="a retrial", role="reviewer"
        ),
        e.OnwardAsked(at=53, by=AUTHOR, to=THIRD, reasons="the same scam there", message="m27"),
        e.OnwardDecided(
            at=54,
            by=SECOND,
            asked=ONWARD,
            to=THIRD,
            authorised=True,
            reasons="for that trial",
            role="reviewer",
            message="m28",
            doc_sha256="d28",
            until=date(2027, 6, 1),
        ),
        e.EvidencePassedOn(at=55, by=SECOND, package=PACKAGE, to=THIRD, token=TOKEN, made="d29", reasons="as allowed"),
        e.Doubted(at=55, by="automatic", ground=Ground.REVOKED_KEY, node=PEER, messages=("m3",), since=9, kid="k"),
        e.DoubtSettled(at=55, by=SECOND, keep=True, reasons="they were called: it is theirs", role="reviewer"),
        e.FirstApproved(at=39, by=OVERSEER, request_sha256=REQUEST_SHA256, role="reviewer"),
        e.EmergencyOpened(
            at=40,
            by="automatic",
            key="kid-1",
            approvers=("bo", "rose"),
            text_sha256="d40",
            review_due=date(2026, 12, 12),
            held=("reused_text",),
        ),
        e.EmergencyAdmitted(at=41, by=SECOND, reasons="the same case, told again", role="reviewer"),
        e.CalledBack(
            at=42,
            by=AUTHOR,
            number="+999 1 555 0100",
            result="confirmed",
            reached="the duty desk",
            text="asked for both approvers by name",
            role="duty_officer",
        ),
        e.CallBackChecked(at=43, by=SECOND, confirmed=True, reasons="the number is the directory's", role="reviewer"),
        e.AuthorityNotified(
            at=44, by="automatic", about="received", to="XA/central-authority", message="m22", doc_sha256="d22"
        ),
        e.EmergencyFollowedUp(at=45, by=PEER, text="the full request follows", message="m23"),
        e.EmergencyReviewed(at=46, by=OVERSEER, outcome="confirmed", reasons="the request came", role="reviewer"),
    )


def sample(kind: type[e.CaseEvent], procedure: str = "preservation") -> e.Event:
    """The sample of one kind."""
    return next(event for event in samples(procedure) if type(event) is kind)


def case_in(state: StrEnum, procedure: str = "preservation") -> Case:
    """A case of ours put in any state, with all that the samples speak of: the package, a consultation that the peer
    opened, a grant under a condition, a question, an order that was lifted, and a notice not to be given."""
    first = sample(e.Drafted, procedure)
    assert isinstance(first, e.Drafted)
    return replace(
        begin(CASE, first),
        state=state,
        package=PACKAGE,
        holder="XA/central-authority",
        consultations=(Consultation(THEIRS, "conditions", "would a condition help?", PEER),),
        conditions=("no other use",),
        conditions_accepted=True,
        grant="m4",
        question="which account?",
        question_message=QUESTION,
        lifted=True,
        notice=Notice.PROPOSED_NOT,
        notice_by="clerk-1",
        complaints=(
            Complaint(
                COMPLAINT,
                "complaint",
                "we were not told",
                "court 5",
                "XA/central-authority",
                date(2026, 12, 22),
                is_answered=True,
            ),
        ),
        onward=(
            Onward(ONWARD, THIRD, "the same scam there", PEER),
            Onward("m-first", THIRD, "the same scam there", AUTHOR, decided=True, token=TOKEN),
        ),
        emergency=Emergency(
            date(2026, 12, 12),
            held=("reused_text",),
            call=Call("clerk-2", 1, "+999 1 555 0100", "confirmed", "the duty desk"),
        ),
    )


def played(*kinds: type[e.CaseEvent], procedure: str = "preservation") -> Case:
    """The case after one sample of each kind, in this order."""
    return fold_events([sample(kind, procedure) for kind in kinds])


def fold_events(events: Sequence[e.Event]) -> Case:
    """The case from events that are values, not stored bytes."""
    first = events[0]
    assert isinstance(first, FIRST)
    case = begin(CASE, first)
    for event in events[1:]:
        case = advance(case, event)
    return case


def stored(events: Iterable[e.Event]) -> list[tuple[bytes, Digest]]:
    """Events as the database keeps them: the bytes, and the head after each."""
    kept: list[tuple[bytes, Digest]] = []
    case: Case | None = None
    for event in events:
        if case is None:
            assert isinstance(event, FIRST)
            case = begin(CASE, event)
        else:
            case = advance(case, event)
        kept.append((e.write(event), case.head))
    return kept


POSITIONS: Final = dict(zip(FIRST, Position, strict=True))
