"""comity at a terminal: one file a noun, all printing in `output`.

Rules: results go to standard output, talk to standard error; `--json` prints one JSON object; an error is one line
and then `hint:`. Exit codes: 0 done or met, 1 refused, not met or not verified, 2 a person must decide, 64 bad input,
66 not found, 69 unavailable, 73 conflict, 77 not permitted, 130 stopped (Ctrl-C; `serve` ends so with 0).
"""
