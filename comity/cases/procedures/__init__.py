"""One file a procedure: its states, in the treaty's words, and the table of what may happen in each.

Source: arts 25, 27, 40, 42, 44. A table is complete by test: every state with every event is a move or is out of order.
It does not know which side of the border it is folded on.
"""
