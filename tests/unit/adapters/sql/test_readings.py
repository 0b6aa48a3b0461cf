"""What is kept for those who look: appended and never changed, the first letter and receipt stay."""

from dataclasses import replace

from comity.adapters.sql.database import Database
from comity.base.digests import Digest
from comity.workflows.reading_stores import Access, Contact, Letter
from comity.workflows.stores import Leaf
from tests.simulators import story
from tests.simulators.world import XB

LETTER = Letter(Digest.of(b"code"), "case", 3, 7, 100, "XA", "XB", "preservation", "exercise", 200, "rita")


def test_accesses_come_back_newest_first(database: Database) -> None:
    looks = [Access(n, "otto", "read", f"case-{n % 2}", f"/cases/{n}") for n in range(5)]
    with database.transaction() as tx:
        for one in looks:
            tx.accesses.add(one)
        assert list(tx.accesses.latest(2)) == looks[:2:-1]


def test_who_looked_since_a_moment_is_known_by_person_what_and_case(database: Database) -> None:
    with database.transaction() as tx:
        assert not tx.accesses.has_looked("otto", "read", "case", since=0)
        for at, person, what, case_id in (
            (100, "otto", "read", "case"),
            (200, "olga", "read", "case"),
            (200, "otto", "printed", "case"),
            (201, "otto", "read", "other"),
        ):
            tx.accesses.add(Access(at, person, what, case_id, "/"))
        assert tx.accesses.has_looked("otto", "read", "case", since=100)
        assert not tx.accesses.has_looked("otto", "read", "case", since=101)
        assert tx.accesses.has_looked("otto", "printed", "case", since=150)
        assert tx.accesses.has_looked("otto", "read", "other", since=201)
        assert not tx.accesses.has_looked("otto", "read", "other", since=202)


def test_a_letter_is_found_by_the_digest_of_its_code_and_the_first_printing_stays(database: Database) -> None:
    with database.transaction() as tx:
        assert tx.letters.find(LETTER.code_sha256) is None
        assert tx.letters.add(LETTER)
        assert not tx.letters.add(replace(LETTER, by="olga", printed=999))
        assert tx.letters.find(LETTER.code_sha256) == LETTER


def test_the_first_receipt_of_a_status_stays(database: Database) -> None:
    with database.transaction() as tx:
        tx.kept_receipts.put([("m", "stored", b"1")])
        tx.kept_receipts.put([("m", "delivered", b"2")])
        tx.kept_receipts.put([("m", "stored", b"3")])
        assert list(tx.kept_receipts.of_message("m")) == [b"2", b"1"]
        assert list(tx.kept_receipts.of_message("other")) == []


def test_contacts_are_counted_by_peer() -> None:
    world = story.at("production asked")
    with world.xb.office.store.transaction() as tx:
        found = tx.contacts.by_peer()
    now = world.xb.clock.now().seconds
    assert found[world.xa.id] == Contact(sent=now, received=now, waiting=0, rejected=0, refused=0)
    assert found[world.provider.id].waiting == 0 and found[world.provider.id].sent == now
    waiting = story.at("drafted")
    story.approve(waiting, waiting.xa.cases()[0])
    with waiting.xa.office.store.transaction() as tx:
        assert tx.contacts.by_peer()[world.xb.id] == Contact(sent=now, waiting=1)


def test_steps_are_found_by_their_kind_newest_first_and_none_of_a_case_that_was_erased() -> None:
    world = story.at("production asked").copy()
    case = story.case_at(world, "xb", "stored_data")
    story.grant(world, case)
    steps = [(one.id, number, kind) for one in world.xb.cases() for number, kind in enumerate(world.xb.history(one.id))]
    kinds, last = {kind for _, _, kind in steps}, len(world.xb.history(case.id))
    with world.xb.office.store.transaction() as tx:
        for some in (("received",), ("granted", "order_issued"), tuple(kinds), ("grant", "receive"), ()):
            wanted = {(case_id, number + 1) for case_id, number, kind in steps if kind in some}
            found = tx.log_search.of_kinds(some, most=99)
            assert set(found) == wanted and len(found) == len(wanted) == tx.log_search.count_kinds(some)
            assert list(tx.log_search.of_kinds(some, most=1, skip=1)) == list(found[1:2])
        assert tx.log_search.of_kinds(("received", "granted"), most=99)[0] == (case.id, last)
        tx.erasures.erase(case.id)
        assert case.id not in {one for one, _ in tx.log_search.of_kinds(tuple(kinds), most=99)}


def test_each_database_finds_a_kind_and_none_that_begins_or_ends_alike(database: Database) -> None:
    kinds = ("sent", "resent", "sent_back", "received", "")
    with database.transaction() as tx:
        for number, kind in enumerate(kinds):
            stat = f'{{"mode":"live","kind":"{kind}","outcome":"sent"}}'.encode() if kind else b""
            case_id = f"case-{number}" if kind else ""
            tx.log.append(Leaf(number, b"entry", case_id, 1, stat, b"body", b"salt", b"salt"))
        assert list(tx.log_search.of_kinds(("sent", "received"), most=9)) == [("case-3", 1), ("case-0", 1)]
        assert tx.log_search.count_kinds(("sent", "received", "ent", "sen")) == 2
        assert tx.log_search.count_kinds(()) == 0


def test_receipts_of_some_cases_are_those_of_all_that_are_theirs() -> None:
    world = story.at("production asked")
    with world.xa.office.store.transaction() as tx:
        every = list(tx.kept_receipts.of_settled(XB))
        cases = sorted({case_id for _, case_id, _ in every})
        assert len(cases) == 2
        for some in ([], cases[:1], cases[1:], cases):
            assert list(tx.kept_receipts.of_settled(XB, some)) == [one for one in every if one[1] in some]


def test_a_document_is_found_by_its_digest_and_no_other_text_of_an_entry_is() -> None:
    world = story.at("asked")
    document = world.xa.outbox()[0].document
    with world.xa.office.store.transaction() as tx:
        step = tx.log_search.of_document(Digest.of(document))
        assert step is not None and tx.log_search.of_document(Digest.of(b"other")) is None
        leaf = tx.log.leaf(step.index)
    assert leaf is not None and (leaf.case_id, leaf.body) == (step.case_id, step.body)
