"""What the tests of adapters share: a disk that is full."""

import resource
from collections.abc import Iterator

import pytest


@pytest.fixture
def few_bytes() -> Iterator[None]:
    """No file may grow beyond 8 KiB: the disk refuses, as a full one does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8192, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
