"""The conditions of the Budapest Convention, one function each, grouped by theme as those of the Convention are.

A rule keeps the id it has in the Convention's book where it asks the same question; the citation says which instrument
answered it.
"""
