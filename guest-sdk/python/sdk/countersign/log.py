"""Lines that are kept with a decision."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from io import TextIOBase


def _print(message: str) -> None:
    print(f"log: {message}")


_write: Callable[[str], None]
try:
    _write = import_module("wit_world.imports.log").write
except ImportError:
    # Not inside a component: under a test runner lines are printed.
    _write = _print


def log(line: str) -> None:
    """Keeps a line with the decision, for whoever reads it later.

    Costs fuel by length, and is cut at 4 KiB a call. `print` does the same.
    """
    _write(line)


@contextmanager
def unlogged() -> Iterator[None]:
    """Keeps no line meanwhile."""
    global _write
    before, _write = _write, lambda message: None
    try:
        yield
    finally:
        _write = before


class Lines(TextIOBase):
    """A standard output that logs what is written to it, line by line."""

    def __init__(self) -> None:
        super().__init__()
        self._begun = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            log(line)
        return len(text)
