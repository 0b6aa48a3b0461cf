"""A number with its noun, in English: what a terminal and a log say. Pages have their catalogues' plurals."""


def counted(number: int, one: str, several: str = "") -> str:
    """As `1 entry` or `2 entries`. several: the plural, where it is not `one` and an s."""
    return f"{number} {one if number == 1 else several or one + 's'}"
