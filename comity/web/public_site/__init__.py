"""A State's published statistics as a site of static files, made from what is public and from nothing else.

`published` reads the figures and their proofs, `tables` lays them out once for page and data alike, `pages` writes the
pages in every language, `charts` draws, `files` has the whole list. All links are relative; the same input gives the
same bytes. No module here reads a clock, a database or the network: the log is read through a `LogSource`.
"""
