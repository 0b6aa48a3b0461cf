"""Laws of the log: what was made verifies, what was changed never does, what was written is read back."""

from typing import Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from comity.base.digests import Digest
from comity.base.errors import BadProof, ComityError, Malformed
from comity.base.instants import Instant
from comity.crypto.merkle import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    root,
    verify_consistency,
    verify_inclusion,
)
from comity.crypto.signatures import Ed25519Signer
from comity.transparency.bundle import ProofBundle, format_bundle, parse_bundle, verify_bundle
from comity.transparency.checkpoint import Checkpoint, log_key, parse_checkpoint, sign_checkpoint
from comity.transparency.cosignature import cosign, witness_key
from comity.transparency.entry import Opening, make_entry, opening_to_json, read_opening, verify_opening
from comity.transparency.note import NoteSignature, SignedNote, format_note, parse_note, parse_vkey
from comity.transparency.tiles import Tile, bundle_bytes, read_bundle, read_path, tiles_between
from comity.transparency.witness import AddCheckpoint, Known, decide, format_add_checkpoint, parse_add_checkpoint
from tests.simulators.log_files import files_for

ORIGIN: Final = "comity.example/log"
LOG, WITNESS = Ed25519Signer(bytes(range(32))), Ed25519Signer(bytes(range(1, 33)))
LOG_KEY, WITNESS_KEY = log_key(ORIGIN, LOG.public), witness_key("ngo.example/w", WITNESS.public)
AT = Instant.from_seconds(1767225600)

sizes = st.integers(1, 600)
hashes = st.binary(min_size=32, max_size=32).map(Digest)
names = st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C"), exclude_characters="+"), min_size=1)
lines = st.text(st.characters(codec="utf-8", min_codepoint=32))
texts = st.lists(lines).map(lambda found: "".join(f"{line}\n" for line in ("", *found)))
note_signatures = st.builds(NoteSignature, names, st.binary(min_size=4, max_size=4), st.binary(min_size=1, max_size=80))
notes = st.builds(SignedNote, texts, st.lists(note_signatures, min_size=1, max_size=5).map(tuple))


def leaves_of(size: int) -> list[Digest]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]


def flipped(data: bytes, bit: int) -> bytes:
    at, mask = bit // 8 % len(data), 1 << bit % 8
    return data[:at] + bytes((data[at] ^ mask,)) + data[at + 1 :]


@given(sizes, st.data())
def test_every_entry_of_every_log_has_a_proof_that_verifies(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    verify_inclusion(leaves[index], index, size, inclusion_path(leaves, index), root(leaves))


@given(sizes, st.data())
def test_every_log_proves_that_it_grew_from_every_earlier_size(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size))
    verify_consistency(old, root(leaves[:old]), size, root(leaves), consistency_path(leaves, old))


@given(sizes, st.data())
def test_a_proof_for_another_entry_never_verifies(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index, other = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, size - 1))
    assume(index != other)
    path, head = inclusion_path(leaves, index), root(leaves)
    for leaf, place in ((leaves[other], index), (leaves[index], other), (leaf_hash(b"never logged"), index)):
        with pytest.raises(BadProof):
            verify_inclusion(leaf, place, size, path, head)


@given(sizes, st.integers(0), st.data())
def test_a_changed_bit_of_leaf_path_or_root_never_verifies(size: int, bit: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    parts = [leaves[index], root(leaves), *inclusion_path(leaves, index)]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = Digest(flipped(parts[which].value, bit))
    with pytest.raises(BadProof):
        verify_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(st.integers(2, 600), st.integers(0), st.data())
def test_a_changed_bit_of_a_consistency_proof_never_verifies(size: int, bit: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size - 1))
    parts = [root(leaves[:old]), root(leaves), *consistency_path(leaves, old)]
    which = data.draw(st.integers(0, len(parts) - 1))
    parts[which] = Digest(flipped(parts[which].value, bit))
    with pytest.raises(BadProof):
        verify_consistency(old, parts[0], size, parts[1], parts[2:])


@given(st.integers(2, 200), st.data())
def test_a_log_that_rewrote_an_entry_cannot_prove_that_it_grew(size: int, data: st.DataObject) -> None:
    leaves = leaves_of(size)
    old = data.draw(st.integers(1, size))
    rewritten = data.draw(st.integers(0, old - 1))
    changed = [*leaves[:rewritten], leaf_hash(b"another story"), *leaves[rewritten + 1 :]]
    with pytest.raises(BadProof):
        verify_consistency(old, root(leaves[:old]), size, root(changed), consistency_path(changed, old))


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_witness_cosigns_exactly_what_continues_what_it_knows(one: int, other: int) -> None:
    old, new = sorted((one, other))
    leaves = leaves_of(new)
    checkpoint = Checkpoint(ORIGIN, new, root(leaves))
    request = AddCheckpoint(old, consistency_path(leaves, old), sign_checkpoint(checkpoint, LOG))
    assert parse_add_checkpoint(format_add_checkpoint(request)) == request
    assert decide(request, Known(old, root(leaves[:old])), LOG_KEY) == checkpoint


@given(notes)
def test_a_note_is_read_back_as_it_was_written(note: SignedNote) -> None:
    assert parse_note(format_note(note)) == note


@given(st.binary(max_size=200) | notes.map(format_note), st.integers(0))
def test_what_parses_as_a_note_is_written_back_byte_for_byte(data: bytes, bit: int) -> None:
    for candidate in (data, flipped(data, bit) if data else data):
        try:
            note = parse_note(candidate)
        except Malformed:
            continue
        assert format_note(note) == candidate


@given(st.integers(0, 2**63 - 1), hashes)
def test_a_checkpoint_is_read_back_as_it_was_written(size: int, head: Digest) -> None:
    checkpoint = Checkpoint(ORIGIN, size, head)
    assert parse_checkpoint(checkpoint.text) == checkpoint


@given(names, st.binary(min_size=32, max_size=32))
def test_a_verifier_key_is_read_back_as_it_was_written(name: str, public: bytes) -> None:
    key = witness_key(name, public)
    assert parse_vkey(key.vkey) == key


@given(st.integers(0, 2**63 - 1), st.lists(hashes, max_size=63), notes, st.none() | st.binary(min_size=1, max_size=300))
def test_a_bundle_is_read_back_as_it_was_written(
    index: int, path: list[Digest], note: SignedNote, extra: bytes | None
) -> None:
    bundle = ProofBundle(index, tuple(path), format_note(note), extra)
    assert parse_bundle(format_bundle(bundle)) == bundle


STEP_OPENING = Opening(b"row", b"body", b"s" * 32, b"t" * 32)
STEP = make_entry(b"row", b"body", b"s" * 32, b"t" * 32)
BUNDLED = [leaf_hash(bytes((number,))) for number in range(5)] + [leaf_hash(STEP)]
SIGNED = sign_checkpoint(Checkpoint(ORIGIN, 6, root(BUNDLED)), LOG)
BUNDLE = format_bundle(
    ProofBundle(
        5,
        inclusion_path(BUNDLED, 5),
        format_note(SIGNED.signed_also((cosign(SIGNED, WITNESS_KEY.name, WITNESS, AT),))),
        opening_to_json(STEP_OPENING),
    )
)


@given(st.integers(0, len(BUNDLE) * 8 - 1))
def test_a_bundle_with_a_changed_bit_never_verifies(bit: int) -> None:
    """Each signature line in it is needed; a line by a stranger would be ignored, whatever it says."""
    with pytest.raises(ComityError):
        verify_bundle(parse_bundle(flipped(BUNDLE, bit)), STEP, ORIGIN, LOG_KEY, (WITNESS_KEY,), 1)


@given(st.integers(0, len(STEP) * 8 - 1))
def test_a_changed_bit_of_the_entry_never_verifies(bit: int) -> None:
    with pytest.raises(BadProof):
        verify_bundle(parse_bundle(BUNDLE), flipped(STEP, bit), ORIGIN, LOG_KEY, (WITNESS_KEY,), 1)


@given(st.binary(), st.binary(), hashes, hashes)
def test_every_opening_opens_its_entry_and_is_read_back(row: bytes, body: bytes, one: Digest, two: Digest) -> None:
    opening = Opening(row, body, one.value, two.value)
    verify_opening(make_entry(row, body, one.value, two.value), opening)
    assert read_opening(opening_to_json(opening)) == opening


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_a_bundle_of_entries_is_read_back_as_it_was_written(entries: list[bytes]) -> None:
    assert read_bundle(bundle_bytes(entries)) == tuple(entries)


@given(st.integers(-1, 6), st.integers(1, 256), st.data())
def test_a_tile_path_is_read_back_as_it_was_written(level: int, width: int, data: st.DataObject) -> None:
    tile = Tile(level, data.draw(st.integers(0, 2 ** (54 - 8 * max(level, 0)))), width)
    assert read_path(tile.path) == tile


@given(st.integers(0, 2**40), st.integers(0, 2000), st.integers(0, 2000))
def test_growing_in_two_steps_leaves_the_tiles_of_growing_in_one(start: int, first: int, second: int) -> None:
    middle, end = start + first, start + first + second
    by_steps = {*tiles_between(start, middle), *tiles_between(middle, end)}
    assert set(tiles_between(start, end)) <= by_steps


@given(st.integers(1, 700))
def test_the_root_follows_from_the_tiles_alone(size: int) -> None:
    """A second reader's way: lay the widest tiles side by side, highest first, and hash to the root."""
    entries = [number.to_bytes(4, "big") for number in range(size)]
    files = dict(files_for(entries, 0))
    groups, rest = divmod(size, 256)
    subtrees = [files[Tile(1, 0, groups).path][n * 32 :][:32] for n in range(groups)] if groups else []
    edge = files[Tile(0, groups, rest).path] if rest else b""
    tail = [edge[n : n + 32] for n in range(0, len(edge), 32)]
    assert joined(subtrees, tail) == root([leaf_hash(entry) for entry in entries])


def joined(subtrees: list[bytes], tail: list[bytes]) -> Digest:
    """The root over full subtrees of 256 leaves and then `tail` leaves: the split of RFC 6962 by hand."""
    last = [root([Digest(leaf) for leaf in tail]).value] if tail else []
    return root([Digest(value) for value in (*subtrees, *last)])
