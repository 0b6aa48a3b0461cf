"""Signals of misuse: what stands out among the requests of one requester, by an exact test against a stated rate.

A signal says what it means and what else could explain it. It opens a question to a person, decides nothing and stops
nothing. A family of signals a file; `every` lists them all. Rates, thresholds and least numbers are policy.
"""
