"""What people see and use at a screen: an inbox, requests, cases, evidence, the directory, and pages for anyone.

Pages are HTML made here and work without scripts; htmx only keeps the inbox's rows fresh. Rules: a page shows and asks,
a workflow does; no inline script or style; every value put into a page is escaped and stands in <bdi>; a form carries a
token of its session; what a person may not do is not offered, and refused by the workflow all the same.
"""
