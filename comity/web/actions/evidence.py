"""Evidence sealed, handed on, accepted and opened."""

import os
from collections.abc import Callable
from typing import Final

from comity.adapters.sources_files import FolderSink
from comity.base.errors import Malformed, Mistake
from comity.base.ids import NodeId, node_id, state_of
from comity.cases.case import Case
from comity.crypto.age_keys import read_recipient
from comity.evidence import custody
from comity.web.actions.form import Action, Wrong, lines, only
from comity.web.opened import Made, Opened
from comity.web.request_form.field import Field
from comity.web.site import Visit
from comity.web.words import N_
from comity.workflows import destroy_evidence, examine_evidence, hand_over, reissue_evidence
from comity.workflows.require import check_reason


def _seal(visit: Visit, case: Case) -> str:
    """Seal what the form brought and what was uploaded before; '' where it is done at once."""
    check_reason(visit.form.text("how"), "how")  # said before the files are taken over
    now = visit.office.clock.now()
    uploads = visit.site.uploads.all(case.id, visit.person, now)
    if visit.form.folder is None and not uploads:
        raise Wrong([Mistake("files", N_("Choose the files to seal"))])
    if any(not one.is_whole for one in uploads):
        raise Wrong([Mistake("files", N_("A file is not here whole yet: go on with it, or drop it"))])
    if {one.about.name for one in uploads} & set(visit.form.files):
        raise Wrong([Mistake("files", N_("Two files have the same name: drop one of them"))])
    folder = visit.form.hand_over(visit.site.new_folder("upload"))
    for one in uploads:
        os.link(one.data, folder / one.about.name)

    def sealed() -> None:
        for one in uploads:
            visit.site.uploads.drop(one)

    job = visit.site.sealing.begin(case.id, visit.person, folder, how=visit.form.text("how"), sealed=sealed)
    if job.ended is None:
        return f"/cases/{case.id}/sealing"
    if job.error is not None:
        raise job.error
    return ""


def _release(visit: Visit, case: Case) -> str:
    hand_over.release(visit.office, visit.person, case.id, reason=visit.form.text("reason"))
    return ""


def _accept(visit: Visit, case: Case) -> str:
    hand_over.accept(visit.office, visit.person, case.id, reason=visit.form.text("reason"))
    return ""


def _examine(visit: Visit, case: Case) -> str:
    now, folder = visit.office.clock.now(), visit.site.new_folder("opened")
    visit.site.for_a_while.drop_old(now)
    _, manifest = examine_evidence.examine(
        visit.office, visit.person, case.id, FolderSink(folder), purpose=visit.form.text("purpose")
    )
    visit.site.for_a_while.add(Opened(folder, visit.person, case.id, now, manifest))
    return f"/opened/{folder.name}"


def _let_in(visit: Visit, case: Case) -> str:
    readers, sealed_for = lines(visit, "readers"), visit.form.text("sealed_for")
    wrong = []
    if not all(_holds(read_recipient, one) for one in readers):
        wrong.append(Mistake("readers", N_("A line is no age recipient: each begins with age1")))
    if not _holds(node_id, sealed_for):
        wrong.append(Mistake("sealed_for", N_("Write the code of our State, a slash and a name: XA/court")))
    elif state_of(NodeId(sealed_for)) != visit.office.state:
        wrong.append(Mistake("sealed_for", N_("That is another State: ask first whether the evidence may go there")))
    if wrong:
        raise Wrong(wrong)
    now, folder = visit.office.clock.now(), visit.site.new_folder("made")
    visit.site.for_a_while.drop_old(now)
    _, apart = reissue_evidence.reissue(
        visit.office,
        visit.person,
        case.id,
        FolderSink(folder),
        to=readers,
        sealed_for=sealed_for,
        reasons=visit.form.text("reasons"),
    )
    sealed, chain = apart.sealed, custody.to_lines(apart.acts)
    digest, name = str(sealed.package_digest), sealed.envelope.package
    visit.site.for_a_while.add(Made(folder, visit.person, case.id, now, name, digest, sealed_for, readers, chain))
    return f"/made/{folder.name}"


def _holds(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except Malformed:
        return False
    return True


def _return(visit: Visit, case: Case) -> str:
    hand_over.give_back(visit.office, visit.person, case.id, reason=visit.form.text("reason"))
    return ""


def _destroy(visit: Visit, case: Case) -> str:
    reasons, copies = visit.form.text("reasons"), visit.form.text("copies")
    destroy_evidence.destroy(visit.office, visit.person, case.id, reasons=reasons, copies=copies)
    return ""


SEAL: Final = Action(
    N_("The files are hashed, encrypted for those the order names, and signed. Custody begins with you."),
    N_("Seal the files"),
    only(
        Field("how", "area", N_("How they were collected"), N_("A sentence that a court can read."), rows=2),
        Field("files", "files", N_("Files"), N_("They are deleted here in clear as soon as they are sealed.")),
    ),
    {"how": N_("Say how the evidence was collected")},
    _seal,
    uploads=True,
    weighs="request",
)
RELEASE: Final = Action(
    N_("You sign the package away to the next custodian. It is theirs once they have signed for it."),
    N_("Release the evidence"),
    only(Field("reason", "line", N_("Why it is handed over"))),
    {"reason": N_("Say why")},
    _release,
)
ACCEPT: Final = Action(
    N_("Every digest is checked first. If one is wrong, nothing is signed."),
    N_("Check and accept"),
    only(Field("reason", "line", N_("Why it is taken"))),
    {"reason": N_("Say why")},
    _accept,
)
EXAMINE: Final = Action(
    N_("The opening is an act of custody, recorded with your name. Use is limited to the matter of the request."),
    N_("Open the evidence"),
    only(Field("purpose", "line", N_("What it is opened for"), article="40(19)")),
    {"purpose": N_("Say what it is opened for")},
    _examine,
)
LET_IN: Final = Action(
    N_(
        "Another package is made that they can open too; what was sealed stays as it is. It is an act of custody with "
        "your name. Once they have it, nobody can take it back."
    ),
    N_("Make the package"),
    only(
        Field(
            "sealed_for",
            "line",
            N_("Whom it is for"),
            N_("A court, or the defence, of our own State: its code, a slash and a name, as XA/court."),
        ),
        Field(
            "readers",
            "area",
            N_("Their age recipients"),
            N_("One a line, each beginning with age1; compare them with their holders by another way."),
            rows=3,
        ),
        Field("reasons", "area", N_("Why they are let in"), N_("A sentence that a court can read."), "40(19)", rows=2),
    ),
    {
        "sealed_for": N_("Say whom it is for"),
        "readers": N_("Give the recipient of each who is let in"),
        "reasons": N_("Say why"),
    },
    _let_in,
)
RETURN: Final = Action(
    N_("You sign the package back to whom it came from. Once they have signed for it, the copy here is removed."),
    N_("Return the evidence"),
    only(
        Field(
            "reason", "line", N_("Why it is returned"), N_("They read every act of custody with its reason, this too.")
        )
    ),
    {"reason": N_("Say why")},
    _return,
)
DESTROY: Final = Action(
    N_(
        "This cannot be undone. Where you hold the evidence, custody ends with your name, and the other side is told "
        "if it ever had it."
    ),
    N_("Destroy the evidence"),
    only(
        Field("reasons", "area", N_("Why, and by whose decision"), rows=2),
        Field("copies", "area", N_("What became of opened files and other copies"), rows=2),
    ),
    {"reasons": N_("Say why"), "copies": N_("Say what became of them, or that there are none")},
    _destroy,
)
