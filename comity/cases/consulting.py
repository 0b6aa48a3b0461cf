"""Events between the two sides before and around the answer: consultation, conditions, postponement, questions.

Source: articles 40(16), 40(27)-(28). Rules: those of `events`, which lists every kind.
"""

from datetime import date

from comity.cases.event import CaseEvent


class ConsultationOpened(CaseEvent, frozen=True, tag="consultation_opened"):
    """One side asks the other whether help can be given after all, and on which conditions (art. 40(28)).

    `about`: one of `ABOUT`; `conditions`: those proposed, if any.
    """

    about: str
    text: str
    message: str
    conditions: tuple[str, ...] = ()


class ConsultationAnswered(CaseEvent, frozen=True, tag="consultation_answered"):
    """The other side answers: with that the two have consulted. `consultation`: the message that opened it."""

    consultation: str
    text: str
    message: str


class ConditionsAccepted(CaseEvent, frozen=True, tag="conditions_accepted"):
    """The requesting State accepts the conditions of a grant, and is bound by them (art. 40(28))."""

    grant: str
    reasons: str
    message: str


class ConditionsDeclined(CaseEvent, frozen=True, tag="conditions_declined"):
    """The requesting State does not accept the conditions of a grant: the request stands undecided again."""

    grant: str
    reasons: str
    message: str


class Postponed(CaseEvent, frozen=True, tag="postponed"):
    """Execution is put off for a proceeding at home (art. 40(27)); `look_again`: when that is looked at anew.

    `consulted_how`: where the two States consulted by other means than messages of this case.
    """

    ground: str
    citation: str
    reasons: str
    look_again: date
    message: str
    consulted: bool = False
    consulted_how: str = ""


class Resumed(CaseEvent, frozen=True, tag="resumed"):
    """What stood in the way is over: the request is taken up again."""

    reasons: str
    message: str


class ClarificationAsked(CaseEvent, frozen=True, tag="clarification_asked"):
    """The provider asks the authority what the order means. What is preserved stays preserved meanwhile."""

    text: str
    message: str


class ClarificationGiven(CaseEvent, frozen=True, tag="clarification_given"):
    """The authority answers. `question`: the message that asked."""

    question: str
    text: str
    message: str


ABOUT = ("refusal", "postponement", "conditions", "costs")
"""What a consultation can be about: 40(28), and 40(30) for costs."""
