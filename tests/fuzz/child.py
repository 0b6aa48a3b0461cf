"""One harness under atheris, in a process of its own: libFuzzer ends the process it runs in.

    python -m tests.fuzz.child MODULE NAME [options and files of libFuzzer]

The hooks come before anything else is imported: only what is imported after them is watched. That makes an import slow,
so no other module of harnesses is.
"""

import sys
from importlib import import_module
from typing import Final

import atheris  # type: ignore[import-untyped]

SLOWER: Final = 8.0
"""How much longer a line may take with a hook at each branch."""
WATCHED: Final = ["comity", "http_message_signatures", "http_sfv", "defusedxml"]


def main() -> None:
    module, name, *options = sys.argv[1:]
    with atheris.instrument_imports(include=WATCHED, enable_loader_override=False):
        harness = import_module(module).HARNESSES[name]
    for seed in harness.begins_with():  # what is built once is built before the fuzzer measures memory and time
        harness.run(seed, slower=60)

    def one(data: bytes) -> None:
        harness.run(data, slower=SLOWER)

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
