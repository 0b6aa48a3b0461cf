"""The United Nations Convention against Cybercrime as checkable rules, and who is bound by it.

Source: the Convention adopted by General Assembly resolution 79/243 (24 December 2024), told in our own words in the
TOML files of this folder; `articles.toml` says of each provision how sure its reading is. The certified text decides.

Rules kept here:
1. A rule answers `Met`, `NotMet` or `NeedsDecision` with a citation that the catalogue knows; people decide.
2. Figures stand in `periods.toml`, what States have declared in `declarations/`, who is bound in `participation.csv`;
   code holds none of them.
3. Every finding says its basis. What a State asks beyond the treaty is shown as the policy of that State.
4. No input, output, clock or chance: the day is passed in, and only `data` reads, and only what is packaged here.
"""
