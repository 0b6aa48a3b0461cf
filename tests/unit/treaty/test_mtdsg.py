"""The depositary's status file: read strictly, fail closed, written back in its shape."""

from datetime import date

import pytest

from comity.base.errors import Malformed, TooLarge
from comity.treaty.mtdsg import MTDSG_LIMIT, Imported, names, read_mtdsg, write_mtdsg
from comity.treaty.participation import load_register, read_register

HEADINGS = ("Participant", "Signature", "Acceptance(A), Ratification, Approval(AA), Accession(a)")
ALGERIA = ("Algeria", "25 Oct&#9; 2025 ", "")
QATAR = ("Qatar&lt;superscript&gt;1&lt;/superscript&gt;", "25 Oct&#9; 2025 ", "16 Feb&#9; 2026 ")
TURKIYE = ("T&#252;rkiye", "25 Oct&#9; 2025 ", "")
SAMPLE = (ALGERIA, QATAR, TURKIYE)
"""In the depositary's shape; the day of Qatar's deposit is invented."""


def cells(row: tuple[str, ...]) -> str:
    return "<Row>" + "".join(f"<Entry>{cell}</Entry>" for cell in row) + "</Row>"


def status_file(
    *rows: tuple[str, ...],
    signatories: int = 3,
    parties: int = 1,
    headings: tuple[str, ...] = HEADINGS,
    title: str = "",
    root: str = "MTDSG",
) -> bytes:
    return (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<{root}><Treaty><ExternalData>{title}<Status>'
        f"<Signatories>{signatories}</Signatories><Parties>{parties}</Parties></Status></ExternalData>"
        f"<Participants><Table><TGroup><Thead>{cells(headings)}</Thead>"
        f"<Tbody><Rows>{''.join(cells(row) for row in rows)}</Rows></Tbody>"
        f"</TGroup></Table></Participants></Treaty></{root}>"
    ).encode("latin-1")


def read(data: bytes) -> Imported:
    return read_mtdsg(data, source="a test")


def test_the_sample_is_read_footnotes_tabs_and_latin_letters_included() -> None:
    found = read(status_file(*SAMPLE))
    told = [(one.state, one.name, one.signed_on) for one in found.register.entries]
    day = date(2025, 10, 25)
    assert told == [("DZ", "Algeria", day), ("QA", "Qatar", day), ("TR", "Türkiye", day)]
    assert [one.state for one in found.register.parties(date(2026, 3, 1))] == ["QA"]
    assert found.unreadable == found.flagged == ()


def test_the_roots_name_does_not_matter() -> None:
    assert read(status_file(*SAMPLE, root="ROOT")) == read(status_file(*SAMPLE))


@pytest.mark.parametrize(
    ("letter", "kind"), [("", "ratification"), ("A", "acceptance"), ("AA", "approval"), ("a", "accession")]
)
def test_the_letter_after_the_date_is_the_kind_and_its_case_counts(letter: str, kind: str) -> None:
    found = read(status_file(("Qatar", "", f"16 Feb\t 2026 {letter}"), signatories=0))
    assert found.register.entries[0].consent_kind == kind


@pytest.mark.parametrize(
    "wrong",
    ["16 Feb 2026 d", "16 Feb 2026 aa", "Feb 2026", "2026-02-16", "31 Feb 2026", "16 Fév 2026", "16 feb 2026", "yes"],
)
def test_a_consent_that_cannot_be_read_is_counted_against_the_file(wrong: str) -> None:
    with pytest.raises(Malformed, match="Parties") as caught:
        read(status_file(ALGERIA, ("Qatar", "25 Oct 2025", wrong), TURKIYE))
    assert "Qatar" in caught.value.mistakes[0].field


def test_a_name_that_is_not_in_the_table_makes_no_party_and_is_named() -> None:
    found = read(status_file(ALGERIA, ("Katar", "25 Oct 2025", "16 Feb 2026"), TURKIYE))
    assert [one.state for one in found.register.entries] == ["DZ", "TR"]
    assert found.unreadable[0].field == "row 2, Katar"
    assert found.register.parties(date(2030, 1, 1)) == ()


@pytest.mark.parametrize("near", ["qatar", "QATAR", "Qatar.", "State of Qatar", "Turkiye", "Cote d'Ivoire", "Iran", ""])
def test_a_name_is_never_guessed(near: str) -> None:
    found = read(status_file((near, "25 Oct 2025", ""), signatories=1, parties=0))
    assert found.register.entries == ()
    assert len(found.unreadable) == 1


def test_a_date_in_brackets_is_flagged_and_no_deposit() -> None:
    found = read(status_file(ALGERIA, ("Qatar", "25 Oct 2025", "[16 Feb\t 2026 A]"), TURKIYE, parties=0))
    assert found.flagged[0].what == "in brackets: [16 Feb 2026 A]"
    entry = found.register.entries[1]
    assert (entry.consent_kind, entry.consent_on) == ("unconfirmed", None)
    assert "[16 Feb 2026 A]" in entry.source
    assert not entry.has_deposited(date(2030, 1, 1))


@pytest.mark.parametrize("row", [("Qatar", "25 Oct 2025"), ("Qatar", "25 Oct 2025", "", "")])
def test_a_row_with_other_cells_than_the_headings_is_left_out(row: tuple[str, ...]) -> None:
    found = read(status_file(ALGERIA, row, TURKIYE, signatories=2, parties=0))
    assert [one.state for one in found.register.entries] == ["DZ", "TR"]
    assert "cells under 3 headings" in found.unreadable[0].what


def test_a_letter_after_a_signature_is_not_understood() -> None:
    with pytest.raises(Malformed, match="Signatories"):
        read(status_file(ALGERIA, ("Qatar", "25 Oct 2025 a", ""), TURKIYE, parties=0))


def test_a_date_before_the_convention_was_adopted_makes_no_row() -> None:
    found = read(status_file(("Qatar", "", "16 Feb 2006"), signatories=0))
    assert found.register.entries == ()
    assert "before the Convention was adopted" in found.unreadable[0].what


@pytest.mark.parametrize(("signatories", "parties"), [(2, 1), (4, 1), (3, 0), (3, 2)])
def test_counts_that_differ_from_the_rows_refuse_the_file(signatories: int, parties: int) -> None:
    with pytest.raises(Malformed, match="it states"):
        read(status_file(*SAMPLE, signatories=signatories, parties=parties))


def test_a_file_without_counts_is_refused() -> None:
    whole = status_file(*SAMPLE)
    with pytest.raises(Malformed, match="nothing certain"):
        read(whole.replace(b"<Parties>1</Parties>", b""))


@pytest.mark.parametrize(
    "headings",
    [
        HEADINGS[:2],
        (*HEADINGS, "Succession(d)"),
        ("State", *HEADINGS[1:]),
        (HEADINGS[0], "Signature, Definitive signature(s)", HEADINGS[2]),
        (*HEADINGS[:2], "Ratification, Accession(a), Succession(d)"),
        (HEADINGS[1], HEADINGS[0], HEADINGS[2]),
    ],
)
def test_another_header_is_refused(headings: tuple[str, ...]) -> None:
    with pytest.raises(Malformed, match="columns are"):
        read(status_file(*SAMPLE, headings=headings))


def test_the_order_of_the_kinds_in_the_heading_does_not_matter() -> None:
    kinds = "Ratification, Acceptance(A), Approval(AA), Accession(a)"
    headings = (HEADINGS[0], HEADINGS[1], f"{kinds}&lt;superscript&gt;2&lt;/superscript&gt;")
    assert len(read(status_file(*SAMPLE, headings=headings)).register.entries) == 3


def test_the_status_of_another_treaty_is_refused() -> None:
    with pytest.raises(Malformed, match="another treaty"):
        read(status_file(*SAMPLE, title="<Titlesect>Convention against Corruption</Titlesect>"))
    title = "<Titlesect>United Nations Convention against &lt;i&gt;Cybercrime&lt;/i&gt;</Titlesect>"
    assert read(status_file(*SAMPLE, title=title)).register.entries


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><html><body>urgent maintenance</body></html>",
        b"",
        b"Participant,Signature\n",
        b'<?xml version="1.0"?><html><body>urgent maintenance</body></html>',
        b'<?xml version="1.0"?><MTDSG>',
    ],
)
def test_a_page_in_place_of_the_file_is_refused(page: bytes) -> None:
    with pytest.raises(Malformed):
        read(page)


@pytest.mark.parametrize(
    "doctype",
    [b'<!DOCTYPE MTDSG [<!ENTITY x "y">]>', b'<!DOCTYPE MTDSG SYSTEM "file:///etc/passwd">', b"<!DOCTYPE MTDSG>"],
)
def test_a_document_type_is_refused_with_its_entities(doctype: bytes) -> None:
    whole = status_file(*SAMPLE)
    with pytest.raises(Malformed, match="not XML as expected"):
        read(whole.replace(b"<MTDSG>", doctype + b"<MTDSG>", 1))


def test_a_file_over_the_limit_is_not_parsed() -> None:
    with pytest.raises(TooLarge):
        read(b"<?xml" + b" " * MTDSG_LIMIT)


def test_two_tables_are_one_too_many() -> None:
    whole = status_file(*SAMPLE)
    with pytest.raises(Malformed, match="2 tables"):
        read(whole.replace(b"</TGroup>", b"</TGroup><TGroup></TGroup>"))


def test_a_state_twice_is_refused() -> None:
    with pytest.raises(Malformed, match="twice"):
        read(status_file(ALGERIA, QATAR, ALGERIA))


def test_the_packaged_record_comes_back_from_xml_as_it_was() -> None:
    assert read(write_mtdsg(load_register())).register == load_register()


def test_a_deposit_cannot_be_slipped_in_beside_the_table() -> None:
    row = '<Row comity-consent-kind="ratification" comity-consent-on="2026-02-16">'
    whole = status_file(("Qatar", "25 Oct 2025", ""), signatories=1, parties=0)
    first, _, last = whole.decode("latin-1").rpartition("<Row>")
    found = read((first + row + last).encode("latin-1"))
    assert found.register.entries == ()
    assert "beside the table" in found.unreadable[0].what


def test_a_name_or_text_that_could_not_be_read_back_is_not_written() -> None:
    header = "iso3166_alpha2,name,signed_on,signed_no_later_than,consent_kind,consent_on,source\n"
    with pytest.raises(Malformed, match="table of names"):
        write_mtdsg(read_register(f"{header}QA,Katar,,,,,a test\n".encode()))
    with pytest.raises(Malformed, match="control character"):
        write_mtdsg(read_register(f"{header}QA,Qatar,,,,,a\x01test\n".encode()))


def test_every_name_of_the_packaged_record_is_in_the_table_of_names() -> None:
    assert all(names()[one.name] == one.state for one in load_register().entries)
    assert len(set(names().values())) == 198
