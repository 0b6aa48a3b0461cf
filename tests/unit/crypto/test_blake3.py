"""The BLAKE3 library that pieces are hashed with, against the vectors of its authors."""

import json
from pathlib import Path

import pytest
from blake3 import blake3


def test_blake3_gives_what_its_authors_publish(vectors: Path) -> None:
    file = vectors / "blake3" / "blake3_test_vectors.json"
    if not file.is_file():
        pytest.skip("the BLAKE3 vectors are not in the vectors folder")
    published = json.loads(file.read_text())
    for case in published["cases"]:
        data = bytes(n % 251 for n in range(case["input_len"]))
        assert blake3(data).hexdigest() == case["hash"][:64]
        assert blake3(data, key=published["key"].encode()).hexdigest() == case["keyed_hash"][:64]
    assert len(published["cases"]) > 30
