"""Prepare `.venv`: `python scripts/setup.py run` for the program alone, `... dev` with the tools for testing it.

Any Python may run this file, so that an old one can say what is needed: keep to the syntax that 2.7 and 3 share.
The work is done by environment.py, beside it.
"""

import os
import runpy
import sys

LEAST = (3, 11)


def too_old(version, executable):  # type: (tuple[int, ...], str) -> str
    """What to tell someone whose Python is `version`, a sequence of numbers; '' if it is new enough."""
    if tuple(version[:2]) >= LEAST:
        return ""
    return (
        "error: comity needs Python 3.11 or newer; %s is Python %s\n"
        "hint:  install a newer one, or name one: make PYTHON=python3.12 ...\n"
    ) % (executable, ".".join(str(number) for number in version[:3]))


def main():  # type: () -> None
    problem = too_old(tuple(sys.version_info[:3]), sys.executable)
    if problem:
        sys.stderr.write(problem)
        sys.exit(1)
    here = os.path.dirname(os.path.abspath(__file__))
    runpy.run_path(os.path.join(here, "environment.py"), run_name="__main__")


if __name__ == "__main__":
    main()
