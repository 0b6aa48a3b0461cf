"""Wake the worker of this process: something waits for it."""

from threading import Event


class Wake:
    """As an event, which also knows whether the worker sleeps until it comes: it then begins at once."""

    def __init__(self) -> None:
        self._event = Event()
        self.is_awaited = False

    def set(self) -> None:
        self._event.set()

    def clear(self) -> None:
        self._event.clear()

    def wait(self, seconds: float) -> None:
        self.is_awaited = True
        self._event.wait(seconds)
        self.is_awaited = False
