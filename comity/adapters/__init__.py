"""The outside world, one thing a file: database, files, keys, network, clock, chance. Each implements a port.

The only place that does input and output. What the operating system or a library raises becomes a typed error here.
"""
