"""Draws that repeat: a source of its own for each thing that is drawn, named, so that one more draw moves no other."""

from random import Random


def drawn_for(*names: object) -> Random:
    """The same figures for the same names; nothing secret is ever made of them."""
    return Random("/".join(str(name) for name in names))  # noqa: S311 - a simulation is to be repeated
