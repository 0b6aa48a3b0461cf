"""Write docs/api/openapi.json from the routes: `python -m scripts.draw_openapi`, in the environment of `make setup`.

It is what a node answers at /api/openapi.json, laid out for reading; a test compares the two.
"""

import json
from pathlib import Path
from typing import Final

from comity.api.app import describe
from comity.base.mode import Mode

FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "api" / "openapi.json"


def drawn() -> str:
    """The description as the file has it."""
    return json.dumps(describe(Mode.EXERCISE).openapi(), indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(drawn(), encoding="utf-8")


if __name__ == "__main__":
    main()
