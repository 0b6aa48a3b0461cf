"""Coroutines run to their end, also where an open browser keeps an event loop in this thread."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

_T = TypeVar("_T")


def run(asked: Coroutine[Any, Any, _T]) -> _T:
    """What it gives. Where a loop runs in this thread, it runs in one beside it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(asked)
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, asked).result()
