"""Measurements of comity against what people would use otherwise, as ratios taken in one run.

Each file holds one benchmark and is listed in `bench.__main__`. Times are of this machine and of the moment; a ratio
of two things measured in turns, in the same run, is what a claim may rest on.
"""
