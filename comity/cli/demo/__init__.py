"""`comity demo`: one whole case between two invented States, a provider and a witness, then an emergency between them,
over the real code.

Four processes on loopback with fresh keys and databases; what people do at a terminal is done here through the same
workflows as the commands. Then everything that must be refused is tried. Nothing is simulated, nothing is live.
"""
