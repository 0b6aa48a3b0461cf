"""Figures over what subjects recorded: statistics anyone can check, and signals of misuse. Pure: rows in, figures out.

Signals open a question to a named person; nothing here decides.
"""
