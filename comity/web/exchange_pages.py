"""The exchange with the peers: how the lines are, what waits and why, what is in doubt, and files carried by hand."""

from typing import Final

from starlette.responses import Response

from comity.base.errors import ComityError, Malformed, TooLarge
from comity.base.instants import Instant
from comity.exchange.envelope import BATCH_LIMIT
from comity.exchange.message import Role
from comity.web.decision_facts import GROUNDS
from comity.web.site import READERS, Visit
from comity.web.twins import as_json
from comity.workflows import carry_by_hand, doubts, show_directories, suspend_peer
from comity.workflows.access import ACTIONS
from comity.workflows.peer_line import SKEW_TO_TELL_SECONDS
from comity.workflows.show_lines import line_row, lines
from comity.workflows.show_outbox import SHOWN_MOST, row, turned_down, turned_down_row, waiting

FILE_LIMIT: Final = BATCH_LIMIT + 64 * 1024


def get_exchange(visit: Visit) -> Response:
    """Peers and their health, what is on its way, doubts, and the forms for files carried by hand."""
    return _page(visit)


def _page(
    visit: Visit, error: ComityError | None = None, done: carry_by_hand.Carried | None = None, status: int = 200
) -> Response:
    office = visit.office
    with office.store.transaction() as tx:
        suspended = {one.peer: one for one in tx.suspensions.all()}
    peers = lines(office)
    return visit.page(
        "exchange.html",
        status,
        lines=peers,
        suspended=suspended,
        waiting=waiting(office, SHOWN_MOST),
        waiting_all=sum(one.waiting for one in peers),
        turned_down=turned_down(office),
        most=SHOWN_MOST,
        doubts=[(one, Instant.from_seconds(one.doubt.since)) for one in doubts.standing(office)],
        grounds=GROUNDS,
        skew=SKEW_TO_TELL_SECONDS,
        may_carry=bool(ACTIONS["carry"] & visit.roles) and office.role is not Role.WITNESS,
        may_suspend=bool(ACTIONS["suspend"] & visit.roles),
        may_read=bool(visit.roles & READERS),
        error=error,
        done=done,
        limit=FILE_LIMIT,
    )


def get_exchange_json(visit: Visit) -> Response:
    office = visit.office
    return as_json(
        {
            "peers": [line_row(one) for one in lines(office)],
            "waiting": [row(one) for one in waiting(office)],
            "rejected": [turned_down_row(one) for one in turned_down(office)],
            "doubts": [_doubt(one) for one in doubts.standing(office)],
        }
    )


def _doubt(one: doubts.Standing) -> dict[str, object]:
    return {
        "case": one.case,
        "ground": one.doubt.ground,
        "node": one.doubt.node,
        "since": str(Instant.from_seconds(one.doubt.since)),
        "messages": list(one.doubt.messages),
    }


def post_pack(visit: Visit) -> Response:
    """A file of what waits for a peer, to be carried by hand."""
    try:
        packed = carry_by_hand.pack(visit.office, visit.person, visit.form.text("peer"))
    except ComityError as error:
        return _page(visit, error, status=422)
    return _file(packed.data, f"for-{packed.peer}")


def post_carry(visit: Visit) -> Response:
    """A file that was carried here: messages, answered with the file of receipts to carry back, or such receipts."""
    try:
        taken = carry_by_hand.take_in(visit.office, visit.person, _brought(visit))
    except ComityError as error:
        return _page(visit, error, status=422)
    if taken.data:
        return _file(taken.data, f"receipts-for-{taken.peer}")
    return _page(visit, done=taken)


def _brought(visit: Visit) -> bytes:
    form = visit.form
    if form.folder is None or not form.files:
        raise Malformed("no file was chosen", hint="choose the file that was carried here")
    path = form.folder / form.files[0]
    if path.stat().st_size > BATCH_LIMIT:
        raise TooLarge("the file is longer than any batch", hint="it is not one of comity's")
    return path.read_bytes()


def _file(data: bytes, name: str) -> Response:
    plain = "".join(c if c.isalnum() or c == "-" else "-" for c in name)
    headers = {"content-disposition": f'attachment; filename="{plain}.comity"'}
    return Response(data, media_type="application/octet-stream", headers=headers)


def post_suspend(visit: Visit) -> Response:
    """Take nothing from a peer for now, or take from it again."""
    form = visit.form
    try:
        match form.text("do"):
            case "suspend":
                suspend_peer.suspend(visit.office, visit.person, form.text("peer"), reasons=form.text("reasons"))
            case "readmit":
                suspend_peer.readmit(visit.office, visit.person, form.text("peer"), reasons=form.text("reasons"))
            case _:
                raise Malformed("there is no such thing to do", hint="use the buttons of the page")
    except ComityError as error:
        return _page(visit, error, status=422)
    return _page(visit)


def get_changes(visit: Visit) -> Response:
    """How the directories changed, and who confirmed each change."""
    return visit.page("directory_changes.html", steps=show_directories.history(visit.office)[:SHOWN_MOST])


def get_changes_json(visit: Visit) -> Response:
    return as_json({"lists": [show_directories.row(one) for one in show_directories.history(visit.office)]})
