"""What States do with a request, as facts that the treaty has rules on; `conduct.assess_act` runs them.

Each is a frozen value with the facts that a rule looks at, and nothing else. None stands for 'not known' or 'not
answered', and is never taken for yes or no. Days are days of the State that acts.
"""

from datetime import date
from enum import StrEnum

import msgspec


class _Act(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What all acts share. `measure`: a name from measures.toml, '' where the act is not about one."""

    measure: str = ""


class Refusal(_Act, frozen=True, kw_only=True):
    """The requested State declines. `ground`: a name from grounds.toml, or its paragraph; `reasons`: as told to the
    requesting State (40(25)); `consulted`: before it, whether help could be given on conditions (40(28))."""

    ground: str = ""
    reasons: str = ""
    consulted: bool = False


class Postponement(_Act, frozen=True, kw_only=True):
    """The requested State puts execution off. `ground`: as in Refusal; only own proceedings are one (40(27))."""

    ground: str = ""
    reasons: str = ""
    consulted: bool = False


class Execution(_Act, frozen=True, kw_only=True):
    """Data preserved for another State from `start` until `until`, both included (42, 25).

    assistance_received, decided: the request for the data has come; it has been decided.
    ended_on: when the data were let go, if they were.
    may_fail: preservation would not keep the data available, would tell the user, or would harm the investigation, as
    where the provider notifies its users; informed: the requesting State was told so; answered: it said go on or stop
    (42(7)).
    """

    measure: str = "expedited_preservation"
    start: date
    until: date
    assistance_received: bool = False
    decided: bool = False
    ended_on: date | None = None
    may_fail: bool | None = None
    informed: bool = False
    answered: bool = False


class ExtensionRequest(_Act, frozen=True, kw_only=True):
    """The requesting State asks that data be kept longer. `expires_on`: the last day they are kept (42(9))."""

    measure: str = "expedited_preservation"
    asked_on: date
    expires_on: date


class Renewal(_Act, frozen=True, kw_only=True):
    """A domestic order to preserve is made anew: decided on a day, with reasons of its own, until another (25(2))."""

    measure: str = "expedited_preservation"
    previous_until: date
    decided_on: date
    until: date
    reasons: str = ""


class Use(_Act, frozen=True, kw_only=True):
    """Material received is used. `spontaneous`: it came without a request (40(5)), else on one (40(19)).

    same_matter: for the investigation, prosecution or proceeding stated; consent: the sender agreed before.
    restricted: whether the sender of spontaneous information attached a restriction on its use; None: not known.
    exculpatory: it speaks for an accused; to_accused: it goes to that person or the defence.
    notice_before, notice_after: the sender was told; exceptional: telling it before was not possible.
    """

    purpose: str = ""
    same_matter: bool = False
    consent: bool = False
    spontaneous: bool = False
    exculpatory: bool = False
    to_accused: bool = False
    notice_before: bool = False
    notice_after: bool = False
    exceptional: bool = False
    restricted: bool | None = None


class OnwardTransfer(_Act, frozen=True, kw_only=True):
    """Material received goes on, to a third State or an international organisation (36(3)).

    sender_notified, authorised: the State it came from was told, and agreed, before; in_writing: it did so in writing;
    writing_required: whether that State asks for writing; None: see what it has declared.
    """

    to: str
    personal_data: bool = True
    same_matter: bool = False
    sender_notified: bool = False
    authorised: bool = False
    in_writing: bool = False
    writing_required: bool | None = None


class Transfer(_Act, frozen=True, kw_only=True):
    """Personal data are about to go to the other State. `lawful`: by the sender's own data-protection law, as it
    stands; `conditions`: what would make or makes it so (36(1)(a)-(b))."""

    lawful: bool | None = None
    conditions: tuple[str, ...] = ()


class Secrecy(_Act, frozen=True, kw_only=True):
    """A duty to keep a request or an order secret. `end`: None for none; `can_comply`: whether the one bound can keep
    it, None if not known; `informed`: the requesting State was told that it cannot (40(20), 25(3))."""

    start: date
    end: date | None = None
    reasons: str = ""
    can_comply: bool | None = None
    informed: bool = False


class DualForm(StrEnum):
    """The three forms of an answer on dual criminality, and no others."""

    TESTED_AND_MET = "tested_and_met"
    TESTED_AND_NOT_MET = "tested_and_not_met"
    """Assisting at discretion; who declines instead makes a Refusal."""
    NOT_TESTED = "not_tested"


class DualAnswer(_Act, frozen=True, kw_only=True):
    """What the requested State's lawyer says of dual criminality. `law`: the provision at home; `by`: who decides;
    `why`: why nonetheless, or why not tested."""

    form: DualForm
    law: str = ""
    by: str = ""
    why: str = ""


class ProgressAnswer(_Act, frozen=True, kw_only=True):
    """A question about progress, and whether it was answered (40(26))."""

    asked_on: date
    answered: bool = False


class NoLongerNeeded(_Act, frozen=True, kw_only=True):
    """Help asked for is needed no more; `told`: the requested State knows (40(26))."""

    told: bool = False


class Lifting(_Act, frozen=True, kw_only=True):
    """A freezing is to be lifted; `heard`: the requesting State could say why it should stay (50)."""

    measure: str = "freeze_or_confiscate"
    heard: bool = False


class Answer(_Act, frozen=True, kw_only=True):
    """What was handed over. `complete`: all that was asked; `left_out`: what was not, and why (40(25))."""

    complete: bool = False
    left_out: str = ""


Act = (
    Refusal
    | Postponement
    | Execution
    | ExtensionRequest
    | Renewal
    | Use
    | OnwardTransfer
    | Transfer
    | Secrecy
    | DualAnswer
    | ProgressAnswer
    | NoLongerNeeded
    | Lifting
    | Answer
)
