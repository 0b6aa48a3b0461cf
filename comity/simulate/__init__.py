"""Many authorities and providers in one process, over simulated time and network: the real workflows and formats.

`comity simulate` runs it; the tests build their small worlds from the same parts.
"""
