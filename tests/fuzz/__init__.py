"""Everything that parses bytes from outside, fed with what nobody would send: only typed errors may come out.

`python -m tests.fuzz` lets atheris look for inputs, led by the branches they reach; `test_fuzz.py` runs the same
harnesses over their seeds, over what was found once, and over a few changes of them, in every run of the tests.
"""
