"""One small function per legal condition, grouped by theme; each returns findings that cite their paragraph.

Rules kept here: a rule looks only at the `Matter` it is given; it never decides what a person must; what a State asks
beyond the treaty carries that State's policy as its basis. The order in which rules are read stands in `assess`.
"""
