"""The only file that asks for random bytes."""

import os


class SystemRandomness:
    """The operating system's generator."""

    def bytes(self, count: int) -> bytes:
        return os.urandom(count)
