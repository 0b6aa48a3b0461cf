"""What is kept for those who look: appended and never changed, the first letter and receipt stay."""

from dataclasses import replace

from comity.adapters.sql.database import Database
from comity.base.digests import Digest
from comity.workflows.reading_stores import Access, Contact, Letter
from tests.simulators import story

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


def test_a_document_is_found_by_its_digest_and_no_other_text_of_an_entry_is() -> None:
    world = story.at("asked")
    document = world.xa.outbox()[0].document
    with world.xa.office.store.transaction() as tx:
        step = tx.log_search.of_document(Digest.of(document))
        assert step is not None and tx.log_search.of_document(Digest.of(b"other")) is None
        leaf = tx.log.leaf(step.index)
    assert leaf is not None and (leaf.case_id, leaf.body) == (step.case_id, step.body)
