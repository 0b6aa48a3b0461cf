"""What is to be done next in a case, by whom and until when, where it stands, and the words for that.

Pages and the terminal say the same of a case because both read it here. Rules: nothing is kept or changed; how it
is shown (addresses and templates, or the command of a step) is theirs.
"""
