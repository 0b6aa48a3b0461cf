"""The Convention on Cybercrime (Budapest, 2001) as a second rule book: the part on cooperation, articles 23 to 35.

Source: ETS 185, in force since 1 July 2004, told in our own words in the TOML files of this folder; `articles.toml`
says of each provision how sure its reading is. Depositary: the Secretary General of the Council of Europe.

Rules kept here:
1. The same findings, matter and assessment as for the Convention; a citation says `Budapest`.
2. Who is bound stands in `parties.csv`, a source a row. A row that no source confirms makes no live basis without a
   person; what a Party has declared and nobody read is not assumed either way.
3. What this instrument does not ask for and comity does is marked as the program's, never as treaty.
4. The screens for speech, discrimination, research and the rest are those of the Convention: choosing the other
   instrument drops none of them.
5. The Second Additional Protocol (`protocol/`) is shown with its Parties, and has no rules here yet.
"""
