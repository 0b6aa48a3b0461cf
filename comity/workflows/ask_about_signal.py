"""A signal opens a question to a named person, who answers with reasons. Nothing is decided by either, nothing stopped.

Who is asked sees the signal, its figures and the cases, and not the requester's name: that is oversight's. The question
and the answer each have an entry in the log, which commits to their words and shows none.
"""

from typing import Final

import msgspec

from comity.base.digests import Digest
from comity.base.encoding import to_json
from comity.base.errors import Conflict, Malformed, NotFound, NotPermitted, OutOfOrder
from comity.base.ids import actor_id, uuid7
from comity.base.parsing import read_json
from comity.oversight.signals.every import signal as signal_of
from comity.oversight.signals.signal import Reading
from comity.workflows.access import PersonRole, permit_look
from comity.workflows.look_for_signals import read
from comity.workflows.office import Office
from comity.workflows.record import log_step
from comity.workflows.require import require_reasons, require_text
from comity.workflows.roles import roles_of
from comity.workflows.signal_store import Question
from comity.workflows.stores import Transaction

ANSWER_DAYS: Final = 14
"""Policy: until a question is answered."""
ANSWERS: Final = frozenset(
    {PersonRole.REVIEWER, PersonRole.CASE_LAWYER, PersonRole.DUTY_OFFICER, PersonRole.LEGAL_TEAM}
)
"""Who can be asked: people who decide or act in cases."""
TEXT_MOST: Final = 8_000
READING_LIMIT: Final = 8 * 1024 * 1024
_ASKED, _ANSWERED = "signal_asked", "signal_answered"


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A reading as it stood when a question was asked. `chance`: as a number is written; there are no floats here."""

    hits: int
    of: int
    chance: str
    other_hits: int
    others: int
    cases: tuple[str, ...]

    @classmethod
    def of_reading(cls, one: Reading) -> "Kept":
        other_hits, others = one.compared or (0, 0)
        return cls(
            hits=one.hits,
            of=one.of,
            chance=f"{one.chance:.1e}",
            other_hits=other_hits,
            others=others,
            cases=one.cases,
        )


def ask(office: Office, person: str, *, signal: str, requester: str, of: str, text: str) -> Question:
    """As oversight: ask a named person about what stands out today, to be answered within ANSWER_DAYS.

    Raises NotFound for an unknown signal, OutOfOrder where it does not stand out for that requester, Conflict where the
    same was asked and is not overdue, NotPermitted or Malformed for somebody who cannot be asked.
    """
    permit_look(office, person, frozenset({PersonRole.OVERSIGHT}), "ask about a signal")
    chosen = signal_of(signal)
    words = _short(require_text(text, "question", why="say what you want to know"))
    name = actor_id(of)
    now = office.clock.now()
    with office.store.snapshot() as tx:
        _check_asked(office, tx, person, name)
    wanted = (chosen.name, requester, True)
    found = next((one for one in read(office).readings if (one.signal, one.requester, one.fires) == wanted), None)
    if found is None:
        raise OutOfOrder("the signal does not stand out for that requester", hint="see: comity oversight signals")
    with office.store.transaction() as tx:
        _check_asked(office, tx, person, name)
        for one in tx.signal_questions.all():
            if one.is_open and (one.signal, one.requester) == (chosen.name, requester) and one.due >= now.seconds:
                raise Conflict("this was asked, and its time is not over", hint="see: comity oversight signals")
        question = Question(
            id=uuid7(now, office.randomness.bytes(10)),
            signal=chosen.name,
            requester=requester,
            asked_by=person,
            asked_of=name,
            at=now.seconds,
            due=now.plus_days(ANSWER_DAYS).seconds,
            reading=to_json(Kept.of_reading(found)),
            text=words,
        )
        tx.signal_questions.add(question)
        log_step(office, tx, _ASKED, digest_of(question), now)
        return question


def answer(office: Office, person: str, question: str, *, reasons: str) -> None:
    """As the person asked: answer with reasons. Raises NotPermitted for others, OutOfOrder for a second answer."""
    why = _short(require_reasons(reasons))
    now = office.clock.now()
    with office.store.transaction() as tx:
        found = _find(tx, question)
        if found.asked_of != person or not roles_of(office, person, tx):
            raise NotPermitted("somebody else was asked", hint="oversight can ask another person once it is overdue")
        if not tx.signal_questions.answer(found.id, why, now.seconds):
            raise OutOfOrder("it was answered, and the answer stays", hint="tell oversight what you would add")
        told = Digest.of(b"comity/1/signal-answer\0", digest_of(found).value, why.encode())
        log_step(office, tx, _ANSWERED, told, now)


def open_questions(office: Office, person: str) -> tuple[Question, ...]:
    """What a person has to answer, the first due first."""
    with office.store.transaction() as tx:
        return tuple(tx.signal_questions.open_of(person))


def questions_for(office: Office, person: str) -> tuple[tuple[Question, ...], bool]:
    """What a person may see, and whether they oversee: oversight every question, others what they are to answer."""
    if PersonRole.OVERSIGHT in (roles_of(office, person) or frozenset()):
        with office.store.transaction() as tx:
            return tuple(tx.signal_questions.all()), True
    return open_questions(office, person), False


def digest_of(one: Question) -> Digest:
    """What the log entry of a question commits to: SHA-256 of its JSON without the answer, fields as in the class."""
    return Digest.of(
        b"comity/1/signal-question\0",
        to_json(
            [one.id, one.signal, one.requester, one.asked_by, one.asked_of, one.at, one.due, one.text],
        ),
        one.reading,
    )


def kept(one: Question) -> Kept:
    """What the signal was read from when the question was asked."""
    return read_json(one.reading, Kept, limit=READING_LIMIT, what="the reading of a signal")


def _check_asked(office: Office, tx: Transaction, person: str, of: str) -> None:
    roles = roles_of(office, of, tx)
    if roles is None:
        raise Malformed("nobody of this node has that name", where="of", hint="see: comity people list")
    if of == person or not roles & ANSWERS:
        raise NotPermitted("that person cannot be asked", hint=f"it takes one of: {', '.join(sorted(ANSWERS))}")


def _find(tx: Transaction, ending: str) -> Question:
    matching = [one for one in tx.signal_questions.all() if ending and one.id.endswith(ending)]
    if not matching:
        raise NotFound("there is no such question", hint="see: comity oversight questions")
    if len(matching) > 1:
        raise Malformed(f"{len(matching)} questions end so", where="question", hint="give more of the id")
    return matching[0]


def _short(text: str) -> str:
    if len(text) > TEXT_MOST:
        raise Malformed("the text is too long", hint=f"at most {TEXT_MOST} characters")
    return text
