"""One request's life. A case is our file on it, on either side: a hash-linked list of events, folded into what is true.

Source: arts 25, 27, 40, 42 and 44 as the tables in `procedures` cite them. Rules: a case changes only through
`machine.advance`; an event is a frozen value with a fixed tag, never changed once written; one table a procedure says
what may happen next, the same on both sides of the border; nobody approves what they drafted.
"""
