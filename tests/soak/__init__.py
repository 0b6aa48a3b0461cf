"""Long runs that are no part of `make test`; a short form of each is. Run by hand: `python -m tests.soak.transfer`.

Each prints its figures, and ends non-zero where a law was broken.
"""
