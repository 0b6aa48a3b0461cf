"""The mark of a text that is translated where it is shown: modules of words import it, and each other never."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "to be translated where it is shown"
    return text
