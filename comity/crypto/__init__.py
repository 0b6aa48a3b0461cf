"""Primitives, wrapped, one standard a file. Keys and randomness come in as arguments.

Nothing is invented here: each file names the RFC or the C2SP specification it follows and the library that does it.
"""
