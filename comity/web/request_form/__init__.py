"""A request as a form: its fields, in which order they are asked, how they become a `Request`, and are filled from one.

Only what cannot be read is a mistake here (no day, no number, no such choice, nothing where nothing can be made of it).
What the treaty asks for and is lacking is found by the rules, which say why; `groups.FIELD_OF` says where to mend it.
"""
