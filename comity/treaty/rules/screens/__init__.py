"""Screens: what stops for a person, who decides with reasons; software never refuses on one and never passes one.

One small file a theme. The questions, the words looked for, who decides and which requirement each answers stand in
screens.toml. What was looked at is named in the finding, hit or not; an answer that was not given is named too.
"""
